package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"followup/config"
)

func configCmd(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:     "config",
		Short:   "Show and check the configuration",
		Example: "  followup config show\n  followup config check",
	}
	show := &cobra.Command{
		Use:   "show",
		Short: "Every value with where it comes from; secrets are hidden",
		Long: `Every key with its value and where that comes from: default, file, environment or
flag. Secrets are hidden. The text is itself a valid configuration file.`,
		Example: "  followup config show\n  followup config show --format json",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			values := cfg.Values()
			if a.format == "json" {
				return a.printJSON(map[string]any{"file": cfg.File, "values": values})
			}
			return a.configText(cfg, values)
		},
	}
	check := &cobra.Command{
		Use:     "check",
		Short:   "Check the configuration without running anything",
		Example: "  followup config check\n  followup config check --config other.yaml",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			if _, _, err := a.policy(); err != nil {
				return err
			}
			if cfg.File == "" {
				return a.say("there is no configuration at %s; followup init writes one", tilde(config.DefaultFile()))
			}
			if len(cfg.Sources) == 0 {
				return a.say("%s has no mistakes, but it names no calendar: add one to its sources", tilde(cfg.File))
			}
			return a.say("%s is fine: %s, follow-ups go to %s", orNone(cfg.File), plural(len(cfg.Sources), "source"), targetText(cfg.Target))
		},
	}
	schema := &cobra.Command{
		Use:     "schema",
		Short:   "The JSON schema of the configuration file, for editors",
		Example: "  followup config schema > followup.schema.json",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			return a.printJSON(config.Schema())
		},
	}
	c.AddCommand(show, check, schema)
	return c
}

func orNone(file string) string {
	if file == "" {
		return "the default configuration (there is no file at " + tilde(config.DefaultFile()) + ")"
	}
	return tilde(file)
}

func targetText(t config.Target) string {
	switch t.Kind {
	case "google":
		return fmt.Sprintf("the Google calendar %q", t.Calendar)
	case "caldav":
		return "the CalDAV calendar " + t.URL
	case "ics":
		return tilde(t.Path)
	}
	return "no calendar (target.kind is none)"
}

// configText prints the values as YAML, with the origin of each as a comment.
func (a *app) configText(cfg config.Config, values []config.Value) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", orNone(cfg.File))
	prefix := []string{}
	for _, v := range values {
		parts := strings.Split(v.Key, ".")
		depth := 0
		for depth < len(prefix) && depth < len(parts)-1 && prefix[depth] == parts[depth] {
			depth++
		}
		for ; depth < len(parts)-1; depth++ {
			fmt.Fprintf(&b, "%s%s:\n", strings.Repeat("  ", depth), parts[depth])
		}
		prefix = parts[:len(parts)-1]
		text, err := yaml.Marshal(v.Value)
		if err != nil {
			return err
		}
		writeValue(&b, strings.Repeat("  ", len(parts)-1), parts[len(parts)-1], strings.TrimSuffix(string(text), "\n"), v.Origin)
	}
	_, err := fmt.Fprint(a.out, b.String())
	return err
}

// writeValue writes one key: a value of one line beside it, a longer one below.
func writeValue(b *strings.Builder, indent, key, text, origin string) {
	if !strings.Contains(text, "\n") && !strings.HasPrefix(text, "- ") {
		fmt.Fprintf(b, "%s%s: %s  # %s\n", indent, key, text, origin)
		return
	}
	fmt.Fprintf(b, "%s%s:  # %s\n", indent, key, origin)
	for _, l := range strings.Split(text, "\n") {
		fmt.Fprintf(b, "%s  %s\n", indent, l)
	}
}
