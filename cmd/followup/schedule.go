package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"followup/calendar/webcal"
	"followup/config"
)

// job is what a scheduler has to run: everything by its absolute path, since a
// scheduler's environment is nearly empty.
type job struct {
	Program string
	Config  string
	State   string
	Every   int // minutes
}

// args is the command line after the program.
func (j job) args() []string {
	return []string{"sync", "--quiet", "--config", j.Config, "--state", j.State}
}

var schedulers = []string{"cron", "systemd", "launchd", "windows"}

// schedulerNames are the schedulers as people call them.
var schedulerNames = map[string]string{"cron": "cron", "systemd": "systemd", "launchd": "launchd", "windows": "the Windows Task Scheduler"}

func scheduleCmd(a *app) *cobra.Command {
	var kind string
	var every int
	c := &cobra.Command{
		Use:   "schedule",
		Short: "Run followup sync by itself: cron, systemd, launchd or Windows",
		Long: `The schedule that runs followup sync by itself. print shows it, install puts it in
place, remove takes it away again. Every path in it is absolute, so that it works
in a scheduler's bare environment.`,
		Example: "  followup schedule print\n  followup schedule install --kind systemd --every 15\n  followup schedule remove",
	}
	c.PersistentFlags().StringVar(&kind, "kind", defaultScheduler(), "cron, systemd, launchd or windows")
	c.PersistentFlags().IntVar(&every, "every", 30, "`MINUTES` between runs, 5 to 1440")
	// It fails only for a flag that there is not, which the tests would show.
	_ = c.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(schedulers, cobra.ShellCompDirectiveNoFileComp))
	sub := func(use, short string, do func(s scheduler, j job) error) *cobra.Command {
		return &cobra.Command{
			Use: use, Short: short, Args: usageArgs(cobra.NoArgs),
			Example: "  followup schedule " + use + "\n  followup schedule " + use + " --kind cron",
			RunE: func(*cobra.Command, []string) error {
				if err := oneOf("--kind", kind, schedulers...); err != nil {
					return err
				}
				if every < 5 || every > 1440 {
					return usageError("--every: %d is not between 5 and 1440 minutes", every)
				}
				if kind == "cron" && 60%every != 0 && (every%60 != 0 || 1440%every != 0) {
					return usageError("--every: cron can't run something every %d minutes; choose 5, 6, 10, 12, 15, 20 or 30, or hours that divide the day, such as 60 or 120", every)
				}
				j, err := a.job(every)
				if err != nil {
					return err
				}
				return do(newScheduler(kind, a), j)
			},
		}
	}
	c.AddCommand(
		sub("print", "Show the schedule", func(s scheduler, j job) error { _, err := fmt.Fprint(a.out, s.text(j)); return err }),
		sub("install", "Put the schedule in place", func(s scheduler, j job) error { return s.install(j) }),
		sub("remove", "Take the schedule away", func(s scheduler, j job) error { return s.remove(j) }),
	)
	return c
}

// defaultScheduler is what this machine has.
func defaultScheduler() string {
	switch runtime.GOOS {
	case "darwin":
		return "launchd"
	case "windows":
		return "windows"
	}
	if _, err := os.Stat("/run/systemd/system"); err == nil {
		return "systemd"
	}
	return "cron"
}

func (a *app) job(every int) (job, error) {
	program, err := os.Executable()
	if err != nil {
		return job{}, fmt.Errorf("the program's own path is not known: %w", err)
	}
	file := a.configFile
	if file == "" {
		file = config.DefaultFile()
	}
	if file, err = filepath.Abs(file); err != nil {
		return job{}, err
	}
	state, err := filepath.Abs(a.state())
	return job{program, file, state, every}, err
}

// scheduler is one way to run a job again and again.
type scheduler interface {
	text(j job) string
	install(j job) error
	remove(j job) error
	installed() bool
}

func newScheduler(kind string, a *app) scheduler {
	switch kind {
	case "systemd":
		return systemd{a}
	case "launchd":
		return launchd{a}
	case "windows":
		return windows{a}
	}
	return cron{a}
}

// shellQuote quotes for sh where that is needed.
func shellQuote(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		if w == "" || strings.ContainsAny(w, " \t\n'\"\\$`*?[]#~=%&|;<>()!{}") {
			w = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
		out[i] = w
	}
	return strings.Join(out, " ")
}

// toolTime is how long a scheduler's own program may take.
const toolTime = 20 * time.Second

// tool runs a scheduler's own program.
func tool(stdin string, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), toolTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin = strings.NewReader(stdin)
	var errText strings.Builder
	cmd.Stderr = &errText
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return "", fmt.Errorf("%s is not installed here; followup schedule print --kind ... shows the schedule for another scheduler (%s)", name, strings.Join(schedulers, ", "))
	}
	if err != nil {
		return string(out), fmt.Errorf("%s failed: %w: %s", name, err, strings.TrimSpace(errText.String()))
	}
	return string(out), nil
}

// cron is the user's crontab.
type cron struct{ a *app }

const cronTag = "# followup sync"

func (cron) text(j job) string {
	when := fmt.Sprintf("*/%d * * * *", j.Every)
	if j.Every >= 60 {
		when = fmt.Sprintf("17 */%d * * *", j.Every/60)
	}
	// A percent sign is a line break to cron unless it is escaped.
	command := strings.ReplaceAll(shellQuote(append([]string{j.Program}, j.args()...)), "%", `\%`)
	return fmt.Sprintf("%s %s %s\n", when, command, cronTag)
}

// others returns the crontab without our line.
func (cron) others() (string, error) {
	table, err := tool("", "crontab", "-l")
	if err != nil && !strings.Contains(err.Error(), "no crontab for") {
		return "", err
	}
	lines := slices.DeleteFunc(strings.SplitAfter(table, "\n"), func(l string) bool {
		return strings.HasSuffix(strings.TrimRight(l, "\n"), cronTag)
	})
	return strings.Join(lines, ""), nil
}

func (c cron) install(j job) error {
	table, err := c.others()
	if err != nil {
		return err
	}
	if table != "" && !strings.HasSuffix(table, "\n") {
		table += "\n"
	}
	if _, err := tool(table+c.text(j), "crontab", "-"); err != nil {
		return err
	}
	return c.a.say("cron runs followup sync every %d minutes from now on; followup schedule remove --kind cron ends that", j.Every)
}

func (c cron) remove(job) error {
	table, err := c.others()
	if err != nil {
		return err
	}
	if _, err := tool(table, "crontab", "-"); err != nil {
		return err
	}
	return c.a.say("cron no longer runs followup sync")
}

func (cron) installed() bool {
	table, err := tool("", "crontab", "-l")
	return err == nil && strings.Contains(table, cronTag)
}

// systemd is a timer of the user's own manager.
type systemd struct{ a *app }

func (systemd) folder() string { return filepath.Join(xdg.ConfigHome, "systemd", "user") }

func (systemd) units(j job) map[string]string {
	words := make([]string, 0, 8)
	for _, w := range append([]string{j.Program}, j.args()...) {
		words = append(words, `"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`, "%", "%%", "$", "$$").Replace(w)+`"`)
	}
	return map[string]string{
		"followup.service": "[Unit]\nDescription=followup: follow-ups to interviews\nWants=network-online.target\nAfter=network-online.target\n\n[Service]\nType=oneshot\nExecStart=" + strings.Join(words, " ") + "\n",
		"followup.timer":   fmt.Sprintf("[Unit]\nDescription=followup, every %d minutes\n\n[Timer]\nOnStartupSec=2min\nOnUnitActiveSec=%dmin\nRandomizedDelaySec=60\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n", j.Every, j.Every),
	}
}

func (s systemd) text(j job) string {
	var b strings.Builder
	units := s.units(j)
	for _, name := range []string{"followup.service", "followup.timer"} {
		fmt.Fprintf(&b, "# %s\n%s\n", tilde(filepath.Join(s.folder(), name)), units[name])
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (s systemd) install(j job) error {
	for name, text := range s.units(j) {
		if err := writeUnit(filepath.Join(s.folder(), name), text); err != nil {
			return err
		}
	}
	if _, err := tool("", "systemctl", "--user", "daemon-reload"); err != nil {
		return err
	}
	if _, err := tool("", "systemctl", "--user", "enable", "--now", "followup.timer"); err != nil {
		return err
	}
	return s.a.say("systemd runs followup sync every %d minutes from now on; followup schedule remove --kind systemd ends that", j.Every)
}

// writeUnit writes what a scheduler reads; systemd complains of files that only
// their owner can read, and there is no secret in it.
func writeUnit(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if _, err := webcal.WriteFile(path, []byte(text)); err != nil {
		return err
	}
	return os.Chmod(path, 0o644)
}

func (s systemd) remove(job) error {
	_, err := tool("", "systemctl", "--user", "disable", "--now", "followup.timer")
	for _, name := range []string{"followup.service", "followup.timer"} {
		if e := os.Remove(filepath.Join(s.folder(), name)); e != nil && !errors.Is(e, os.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	if err != nil {
		return err
	}
	return s.a.say("systemd no longer runs followup sync")
}

func (s systemd) installed() bool { return exists(filepath.Join(s.folder(), "followup.timer")) }

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// say writes one line of answer.
func (a *app) say(format string, args ...any) error {
	_, err := fmt.Fprintf(a.out, format+"\n", args...)
	return err
}
