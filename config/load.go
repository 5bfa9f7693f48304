package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"

	"github.com/agnivade/levenshtein"
)

// Options say where to look.
type Options struct {
	File string // the --config flag; "" for the default place, where no file is no error
	// Set overrides single keys: flags.
	Set map[string]any
	// Beside is where the file of a configuration that is not written yet will be;
	// "" when that is File.
	Beside string
}

// DefaultFile is the configuration file's place when --config does not name one:
// followup/config.yaml in the XDG config folder, or its like on macOS and Windows.
func DefaultFile() string { return filepath.Join(xdg.ConfigHome, "followup", "config.yaml") }

// DefaultState is the state file's place when --state does not name one.
func DefaultState() string { return filepath.Join(xdg.StateHome, "followup", "state.db") }

// Load reads the configuration. Its errors name the file, the line and what to
// write instead.
func Load(o Options) (Config, error) {
	v := viper.New()
	v.SetConfigType("yaml")
	v.SetEnvPrefix("FOLLOWUP")
	v.SetEnvKeyReplacer(strings.NewReplacer(".", "_"))
	v.AutomaticEnv()
	for k, d := range defaults {
		v.SetDefault(k, d)
	}
	file, inFile, err := readFile(v, o.File)
	if err != nil {
		return Config{}, err
	}
	for k, val := range o.Set {
		v.Set(k, val)
	}
	var c Config
	if err := v.UnmarshalExact(&c); err != nil {
		return Config{}, fmt.Errorf("%s: %s", where(file), strings.Join(strings.Fields(err.Error()), " "))
	}
	c.File = file
	if o.Beside != "" {
		c.File = o.Beside
	}
	c.Origin = origins(inFile, o.Set)
	if err := c.finish(); err != nil {
		return Config{}, fmt.Errorf("%s: %w", where(file), err)
	}
	return c, nil
}

func where(file string) string {
	if file == "" {
		return "configuration"
	}
	return file
}

// readFile merges the file into v and returns its name and the keys in it.
func readFile(v *viper.Viper, name string) (string, map[string]bool, error) {
	given := name != ""
	if !given {
		name = DefaultFile()
	}
	if abs, err := filepath.Abs(name); err == nil {
		name = abs
	}
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) && !given {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, fmt.Errorf("the configuration can't be read: %w", err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return "", nil, fmt.Errorf("%s: %s", name, yamlTrouble(text, err))
	}
	keys := map[string]bool{}
	if len(doc.Content) > 0 {
		if err := checkKeys(doc.Content[0], "", keys); err != nil {
			return "", nil, fmt.Errorf("%s:%w", name, err)
		}
	}
	if err := v.ReadConfig(bytes.NewReader(text)); err != nil {
		return "", nil, fmt.Errorf("%s: %w", name, err)
	}
	return name, keys, nil
}

// yamlTrouble says what is wrong with a file that is no YAML: mostly a tab, which
// editors put where YAML wants blanks.
func yamlTrouble(text []byte, err error) string {
	for i, l := range strings.Split(string(text), "\n") {
		if indent := l[:len(l)-len(strings.TrimLeft(l, " \t"))]; strings.Contains(indent, "\t") {
			return fmt.Sprintf("line %d begins with a tab: indent with blanks", i+1)
		}
	}
	return strings.TrimPrefix(err.Error(), "yaml: ")
}

// checkKeys walks the document and refuses keys that there are not, naming the
// nearest one. It notes the leaves in seen.
func checkKeys(n *yaml.Node, prefix string, seen map[string]bool) error {
	if n.Kind != yaml.MappingNode {
		if n.Tag == "!!null" {
			return nil
		}
		return fmt.Errorf("%d: %q takes keys below it, not a plain value", n.Line, strings.TrimSuffix(prefix, "."))
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, val := n.Content[i], n.Content[i+1]
		full := prefix + k.Value
		switch {
		case full == "sources":
			seen[full] = true
			if err := checkSources(val); err != nil {
				return err
			}
		case defaults[full] != nil:
			seen[full] = true
		case slices.ContainsFunc(Keys(), func(d string) bool { return strings.HasPrefix(d, full+".") }):
			if err := checkKeys(val, full+".", seen); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%d: unknown key %q%s", k.Line, full, didYouMean(full, siblings(prefix)))
		}
	}
	return nil
}

func checkSources(list *yaml.Node) error {
	if list.Tag == "!!null" {
		return nil
	}
	if list.Kind != yaml.SequenceNode {
		return fmt.Errorf("%d: sources is a list: begin each source with \"- name: ...\"", list.Line)
	}
	for _, s := range list.Content {
		if s.Kind != yaml.MappingNode {
			return fmt.Errorf("%d: a source is written {name: ..., kind: ..., ...}", s.Line)
		}
		for i := 0; i+1 < len(s.Content); i += 2 {
			if k := s.Content[i]; !slices.Contains(sourceKeys, k.Value) {
				return fmt.Errorf("%d: unknown key %q in a source%s", k.Line, k.Value, didYouMean(k.Value, sourceKeys))
			}
		}
	}
	return nil
}

// siblings lists the full keys that may stand below prefix, one level deep.
func siblings(prefix string) []string {
	var out []string
	for _, k := range append(Keys(), "sources") {
		if rest, ok := strings.CutPrefix(k, prefix); ok {
			head, _, _ := strings.Cut(rest, ".")
			out = append(out, prefix+head)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Keys lists every key that has a default, sorted.
func Keys() []string {
	out := make([]string, 0, len(defaults))
	for k := range defaults {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Nearest returns the known word that was probably meant, "" when none is near.
func Nearest(word string, known []string) string {
	best, dist := "", 2*(1+max(2, len(word)/3))
	for _, k := range known {
		if d := distance(strings.ToLower(word), strings.ToLower(k)); d < dist {
			best, dist = k, d
		}
	}
	return best
}

// distance is twice the number of edits between the words; of equals, the one
// that begins alike is nearer: people rarely mistype the first letter.
func distance(a, b string) int {
	d := 2 * levenshtein.ComputeDistance(a, b)
	if a != "" && b != "" && a[0] == b[0] {
		d--
	}
	return d
}

func didYouMean(word string, known []string) string {
	if n := Nearest(word, known); n != "" {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	return "; known here: " + strings.Join(known, ", ")
}

func origins(inFile map[string]bool, set map[string]any) map[string]string {
	out := map[string]string{}
	for _, k := range append(Keys(), "sources") {
		env := os.Getenv(EnvName(k)) != ""
		switch _, flag := set[k]; {
		case flag:
			out[k] = "flag"
		case env:
			out[k] = "environment"
		case inFile[k]:
			out[k] = "file"
		default:
			out[k] = "default"
		}
	}
	return out
}

// EnvName is the environment variable of a key.
func EnvName(key string) string {
	return "FOLLOWUP_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// finish checks what can be checked without the planner and makes paths absolute:
// they are relative to the configuration file's folder.
func (c *Config) finish() error {
	if c.Me.TimeZone != "" {
		if _, err := time.LoadLocation(c.Me.TimeZone); err != nil {
			return fmt.Errorf("me.timezone: %q is no zone; write an IANA name such as Europe/Berlin", c.Me.TimeZone)
		}
	}
	for i, m := range c.Me.Emails {
		c.Me.Emails[i] = strings.ToLower(strings.TrimSpace(m))
		if !strings.Contains(m, "@") {
			return fmt.Errorf("me.emails: %q is no mail address", m)
		}
	}
	names := map[string]bool{}
	for i := range c.Sources {
		s := &c.Sources[i]
		if err := s.check(i); err != nil {
			return err
		}
		if names[s.Name] || s.Name == "target" {
			return fmt.Errorf("sources: the name %q is taken; give each source its own", s.Name)
		}
		names[s.Name] = true
		s.PasswordFile = c.path(s.PasswordFile)
		s.ClientCert, s.ClientKey = c.path(s.ClientCert), c.path(s.ClientKey)
		if s.Kind == "ics" && !strings.Contains(s.Location, "://") && s.Location != "-" {
			s.Location = c.path(s.Location)
		}
	}
	if err := c.Target.check(); err != nil {
		return err
	}
	for _, p := range []*string{
		&c.Target.Path, &c.Target.PasswordFile, &c.Target.ClientCert, &c.Target.ClientKey,
		&c.Google.ClientFile,
		&c.Drafts.Folder, &c.Serve.TLSCert, &c.Serve.TLSKey,
	} {
		*p = c.path(*p)
	}
	c.googleFiles()
	return c.checkWords()
}

// googleFiles gives the client and the sign-in their places beside the
// configuration when it does not name others.
func (c *Config) googleFiles() {
	folder := filepath.Dir(DefaultFile())
	if c.File != "" {
		folder = filepath.Dir(c.File)
	}
	if c.Google.ClientFile == "" {
		c.Google.ClientFile = filepath.Join(folder, "google-client.json")
	}
	switch {
	case c.Google.TokenFile == "":
		c.Google.TokenFile = filepath.Join(folder, "google-token.json")
	case !strings.HasPrefix(c.Google.TokenFile, "keyring:"):
		c.Google.TokenFile = c.path(c.Google.TokenFile)
	}
}

// path resolves a leading ~/ and makes a relative path relative to the file.
func (c *Config) path(p string) string {
	if rest, ok := UnderHome(p); ok {
		return filepath.Join(xdg.Home, rest)
	}
	if p == "" || filepath.IsAbs(p) || c.File == "" {
		return p
	}
	return filepath.Join(filepath.Dir(c.File), p)
}

func (s *Source) check(i int) error {
	if s.Name == "" {
		s.Name = fmt.Sprintf("source%d", i+1)
	}
	where := "sources: " + s.Name
	switch s.Kind {
	case "google":
		if s.Calendar == "" {
			s.Calendar = "primary"
		}
	case "ics":
		if s.Location == "" {
			return fmt.Errorf("%s: location is missing: a path, or an http(s) or webcal URL", where)
		}
	case "caldav":
		if s.URL == "" {
			return fmt.Errorf("%s: url is missing: the calendar's address, or the server's", where)
		}
	case "":
		return fmt.Errorf("%s: kind is missing: google, ics or caldav", where)
	default:
		return fmt.Errorf("%s: unknown kind %q%s", where, s.Kind, didYouMean(s.Kind, SourceKinds))
	}
	return nil
}

func (t *Target) check() error {
	switch t.Kind {
	case "google", "none":
	case "ics":
		if t.Path == "" {
			return errors.New("target: path is missing: the .ics file to write")
		}
	case "caldav":
		if t.URL == "" {
			return errors.New("target: url is missing: the address of the calendar to write to")
		}
	default:
		return fmt.Errorf("target: unknown kind %q%s", t.Kind, didYouMean(t.Kind, TargetKinds))
	}
	return nil
}

// checkOverride accepts https URLs, and http ones on loopback for local servers.
func checkOverride(key, s string) error {
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	if err == nil && u.Host != "" {
		ip := net.ParseIP(u.Hostname())
		if u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()) {
			return nil
		}
	}
	return fmt.Errorf("%s: %q is refused: https, or http on a loopback address", key, s)
}

func (c *Config) checkWords() error {
	for key, s := range map[string]string{
		"google.endpoint": c.Google.Endpoint, "google.auth_url": c.Google.AuthURL,
		"google.token_url": c.Google.TokenURL,
	} {
		if err := checkOverride(key, s); err != nil {
			return err
		}
	}
	if !slices.Contains(tones, c.Drafts.Tone) {
		return fmt.Errorf("drafts.tone: unknown tone %q%s", c.Drafts.Tone, didYouMean(c.Drafts.Tone, tones))
	}
	for _, d := range c.Plan.Weekend {
		if !slices.Contains(days, strings.ToLower(d)) {
			return fmt.Errorf("plan.weekend: unknown day %q%s", d, didYouMean(d, days))
		}
	}
	if c.Guard.MaxShare <= 0 || c.Guard.MaxShare > 1 {
		return fmt.Errorf("guard.max_share: %v is not between 0 and 1", c.Guard.MaxShare)
	}
	if c.Guard.MaxRemovals < 1 {
		return fmt.Errorf("guard.max_removals: %d is less than 1", c.Guard.MaxRemovals)
	}
	return nil
}

// UnderHome returns what follows a leading ~/, or ~\ as Windows writes it.
func UnderHome(p string) (rest string, ok bool) {
	if len(p) < 2 || p[0] != '~' || p[1] != '/' && p[1] != '\\' {
		return "", false
	}
	return p[2:], true
}

// Home is the user's home folder.
func Home() string { return xdg.Home }
