package main

import (
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"go.yaml.in/yaml/v3"

	"followup/calendar/webcal"
	"followup/config"
)

// configText is the configuration that init writes: what was answered, and the
// most useful of what can be changed, explained.
var configText = template.Must(template.New("config").Funcs(template.FuncMap{"yaml": inline}).Parse(
	`# followup's configuration. followup config show lists every key; docs/ explains them.

# Who you are: under the drafts, and so that invitations to you are known as such.
me:
  name: {{yaml .Name}}
  emails: {{yaml .Emails}}
  timezone: {{yaml .Zone}}
  # employers: [my-employer.example]   # where you interview others: those are left alone

# Where your interviews are. Add more with another "- {...}" line.
sources:
  - {{yaml .Source}}

# Where the follow-ups go.
target: {{yaml .Target}}

drafts:
  tone: {{yaml .Tone}}                 # warm, formal or brief
  language: auto             # the invitation's; or en, de, fr, es, pt, it, nl, pl, sv, ja, zh

# plan:
#   working_hours: "09:00-18:00"
#   holidays: DE             # a country's public holidays are no business days

# followups:                 # times: 24h, 7d, or business days as 2bd
#   status_check: {after: 7d, max: 2}
#   card: {enabled: true}    # a reminder for a handwritten card
`))

// inline is a value as YAML on one line.
func inline(v any) (string, error) {
	var n yaml.Node
	if err := n.Encode(v); err != nil {
		return "", err
	}
	n.Style = yaml.FlowStyle
	if n.Kind == yaml.ScalarNode && n.Tag == "!!str" {
		n.Style = yaml.DoubleQuotedStyle
	}
	text, err := yaml.Marshal(&n)
	return strings.Join(strings.Fields(strings.TrimSpace(string(text))), " "), err
}

// field is a key of a YAML mapping that keeps its place.
type field struct {
	key   string
	value any
}

// fields is a mapping in the order in which it was written.
type fields []field

// MarshalYAML writes the mapping in its order, without what is empty.
func (f fields) MarshalYAML() (any, error) {
	n := yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	for _, x := range f {
		if s, ok := x.value.(string); ok && s == "" {
			continue
		}
		if l, ok := x.value.([]string); ok && len(l) == 0 {
			continue
		}
		var v yaml.Node
		if err := v.Encode(x.value); err != nil {
			return nil, err
		}
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: x.key}, &v)
	}
	return &n, nil
}

// writeConfig writes the configuration, readable by its owner alone: a private
// feed's link is as good as a password.
func (a *app) writeConfig(path string, s *setupAnswers) error {
	var b strings.Builder
	err := configText.Execute(&b, map[string]any{
		"Name": s.name, "Emails": list(s.emails), "Zone": s.zone, "Tone": s.tone,
		"Source": sourceFields(s.sourceConfig()), "Target": s.targetFields(),
	})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	_, err = webcal.WriteFile(path, []byte(b.String()))
	return err
}

func sourceFields(s config.Source) fields {
	return fields{
		{"name", s.Name}, {"kind", s.Kind}, {"calendar", s.Calendar}, {"location", s.Location},
		{"url", s.URL}, {"username", s.Username}, {"password_file", s.PasswordFile}, {"password_command", s.PasswordCommand},
	}
}

func (s *setupAnswers) targetFields() fields {
	kind, rest, _ := strings.Cut(s.target, ":")
	switch kind {
	case "google":
		return fields{{"kind", kind}, {"calendar", calendarFrame().Name}}
	case "ics":
		return fields{{"kind", kind}, {"path", absolute(rest)}}
	case "caldav":
		return fields{{"kind", kind}, {"url", rest}, {"username", s.user}, {"password_file", absolute(s.file)}, {"password_command", splitCommand(s.command)}}
	}
	return fields{{"kind", "none"}}
}
