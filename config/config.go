// Package config turns a YAML file, the environment and command-line flags into
// one typed, checked value. Only cmd imports it.
//
// Flags beat the environment, which beats the file, which beats the defaults. A
// key's environment variable is FOLLOWUP_ and the key in upper case with dots as
// underscores: followups.thank_you.after is FOLLOWUP_FOLLOWUPS_THANK_YOU_AFTER.
package config

import "regexp"

// Config is everything that a person can set. Lengths of time are kept as they
// were written (24h, 7d, 2bd): the planner knows what they mean.
type Config struct {
	Me        Me                  `mapstructure:"me"`
	Sources   []Source            `mapstructure:"sources"`
	Target    Target              `mapstructure:"target"`
	Google    Google              `mapstructure:"google"`
	Plan      Plan                `mapstructure:"plan"`
	FollowUps map[string]FollowUp `mapstructure:"followups"`
	Drafts    Drafts              `mapstructure:"drafts"`
	Serve     Serve               `mapstructure:"serve"`
	Guard     Guard               `mapstructure:"guard"`

	// File is the file that was read, "" when there was none.
	File string `mapstructure:"-"`
	// Origin tells for each key where its value comes from: default, file,
	// environment or flag.
	Origin map[string]string `mapstructure:"-"`
}

// Me is the user. What is empty is inferred from the calendar.
type Me struct {
	Name      string   `mapstructure:"name"`
	Emails    []string `mapstructure:"emails"`
	Employers []string `mapstructure:"employers"` // domains for which the user interviews others
	TimeZone  string   `mapstructure:"timezone"`  // IANA name; "" for the machine's
	Languages []string `mapstructure:"languages"`
	Signature string   `mapstructure:"signature"`
}

// Source is one calendar to read.
type Source struct {
	Name            string   `mapstructure:"name"`
	Kind            string   `mapstructure:"kind"`     // google, ics or caldav
	Calendar        string   `mapstructure:"calendar"` // google: calendar id, "primary"
	Account         string   `mapstructure:"account"`  // google: which signed-in account, "" for the only one
	Location        string   `mapstructure:"location"` // ics: path, http(s) or webcal URL
	URL             string   `mapstructure:"url"`      // caldav: collection, home or server
	Username        string   `mapstructure:"username"`
	PasswordFile    string   `mapstructure:"password_file"`
	PasswordCommand []string `mapstructure:"password_command"`
	ClientCert      string   `mapstructure:"client_cert"`
	ClientKey       string   `mapstructure:"client_key"`
	MaxBytes        int64    `mapstructure:"max_bytes"` // ics: size limit, 0 for 64 MiB
}

// Target is the calendar that follow-ups are written to.
type Target struct {
	Kind            string   `mapstructure:"kind"` // google, caldav, ics or none
	Calendar        string   `mapstructure:"calendar"`
	Account         string   `mapstructure:"account"`
	Path            string   `mapstructure:"path"`
	URL             string   `mapstructure:"url"`
	Username        string   `mapstructure:"username"`
	PasswordFile    string   `mapstructure:"password_file"`
	PasswordCommand []string `mapstructure:"password_command"`
	ClientCert      string   `mapstructure:"client_cert"`
	ClientKey       string   `mapstructure:"client_key"`
	Create          bool     `mapstructure:"create"` // caldav: make the collection when it is missing
}

// Google holds the OAuth 2 client and, for tests and proxies, other endpoints:
// https or loopback only.
type Google struct {
	ClientFile string `mapstructure:"client_file"` // as downloaded: a desktop client, or a service account's key
	TokenFile  string `mapstructure:"token_file"`  // where the sign-in is kept; "keyring:NAME" for the system's keyring
	Subject    string `mapstructure:"subject"`     // whom a service account acts for
	Endpoint   string `mapstructure:"endpoint"`
	AuthURL    string `mapstructure:"auth_url"`
	TokenURL   string `mapstructure:"token_url"`
}

// Plan bounds what is looked at and when follow-ups may land.
type Plan struct {
	LookBack     string   `mapstructure:"look_back"`
	LookAhead    string   `mapstructure:"look_ahead"`
	WorkingHours string   `mapstructure:"working_hours"` // "09:00-18:00" in the user's zone
	Weekend      []string `mapstructure:"weekend"`       // sat, sun
	Holidays     string   `mapstructure:"holidays"`      // ISO 3166-1 alpha-2 code, "" for none
}

// FollowUp sets one kind of follow-up. Keys that a kind has no use for are refused.
type FollowUp struct {
	Enabled       bool     `mapstructure:"enabled"`
	After         string   `mapstructure:"after"`
	Until         string   `mapstructure:"until"`
	Weekends      bool     `mapstructure:"weekends"`
	PromiseGrace  string   `mapstructure:"promise_grace"`
	AgainAfter    string   `mapstructure:"again_after"`
	Max           int      `mapstructure:"max"`
	AnsweredGrace string   `mapstructure:"answered_grace"`
	OnlyIfWell    bool     `mapstructure:"only_if_well"`
	Alarms        []string `mapstructure:"alarms"`
	Length        string   `mapstructure:"length"`
}

// Drafts sets the texts.
type Drafts struct {
	Tone     string `mapstructure:"tone"`     // warm, formal or brief
	Language string `mapstructure:"language"` // auto or a BCP 47 tag
	Folder   string `mapstructure:"folder"`   // the user's own templates
}

// Serve sets followup serve.
type Serve struct {
	Listen       string   `mapstructure:"listen"`
	Every        string   `mapstructure:"every"`
	PublicURL    string   `mapstructure:"public_url"`
	PasswordHash string   `mapstructure:"password_hash"` // bcrypt, needed off loopback
	Proxies      []string `mapstructure:"proxies"`       // addresses whose X-Forwarded-* are believed
	TLSCert      string   `mapstructure:"tls_cert"`
	TLSKey       string   `mapstructure:"tls_key"`
	Metrics      bool     `mapstructure:"metrics"`
}

// Guard stops a run that would remove too much at once.
type Guard struct {
	MaxRemovals int     `mapstructure:"max_removals"`
	MaxShare    float64 `mapstructure:"max_share"`
}

// SourceKinds and TargetKinds are the words for Kind.
var (
	SourceKinds = []string{"google", "ics", "caldav"}
	TargetKinds = []string{"google", "caldav", "ics", "none"}
)

// The words of drafts.tone and plan.weekend, and the form of a length of time.
var (
	tones = []string{"warm", "formal", "brief"}
	days  = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	delay = regexp.MustCompile(`^[0-9]+(m|h|d|bd)$`)
)
