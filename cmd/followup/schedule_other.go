package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
)

// launchd is an agent of the user's own session on macOS.
type launchd struct{ a *app }

const launchdLabel = "followup.sync"

func (launchd) file() string {
	return filepath.Join(xdg.Home, "Library", "LaunchAgents", launchdLabel+".plist")
}

func (launchd) text(j job) string {
	var words strings.Builder
	for _, w := range append([]string{j.Program}, j.args()...) {
		words.WriteString("    <string>")
		// EscapeText fails only when the writer does, and a Builder never does.
		_ = xml.EscapeText(&words, []byte(w))
		words.WriteString("</string>\n")
	}
	return fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>%s</string>
  <key>ProgramArguments</key>
  <array>
%s  </array>
  <key>StartInterval</key><integer>%d</integer>
  <key>RunAtLoad</key><true/>
</dict>
</plist>
`, launchdLabel, words.String(), j.Every*60)
}

func (l launchd) install(j job) error {
	if err := writeUnit(l.file(), l.text(j)); err != nil {
		return err
	}
	// An agent that is loaded already has to go first; that there was none is fine.
	_, _ = tool("", "launchctl", "unload", l.file())
	if _, err := tool("", "launchctl", "load", "-w", l.file()); err != nil {
		return err
	}
	return l.a.say("launchd runs followup sync every %d minutes from now on; followup schedule remove --kind launchd ends that", j.Every)
}

func (l launchd) remove(job) error {
	_, err := tool("", "launchctl", "unload", "-w", l.file())
	if e := os.Remove(l.file()); e != nil && !errors.Is(e, os.ErrNotExist) {
		err = errors.Join(err, e)
	}
	if err != nil {
		return err
	}
	return l.a.say("launchd no longer runs followup sync")
}

func (l launchd) installed() bool { return exists(l.file()) }

// windows is a task of the Windows Task Scheduler.
type windows struct{ a *app }

const windowsTask = "followup sync"

// command is the task's command line, quoted as CommandLineToArgvW reads it.
func (windows) command(j job) string {
	var words []string
	for _, w := range append([]string{j.Program}, j.args()...) {
		if strings.ContainsAny(w, " \t") {
			w = `"` + w + `"`
		}
		words = append(words, w)
	}
	return strings.Join(words, " ")
}

func (w windows) create(j job) []string {
	return []string{"/Create", "/F", "/SC", "MINUTE", "/MO", fmt.Sprint(j.Every), "/TN", windowsTask, "/TR", w.command(j)}
}

func (w windows) text(j job) string {
	return fmt.Sprintf("schtasks /Create /F /SC MINUTE /MO %d /TN %q /TR \"%s\"\n", j.Every, windowsTask,
		strings.ReplaceAll(w.command(j), `"`, `\"`))
}

func (w windows) install(j job) error {
	if _, err := tool("", "schtasks", w.create(j)...); err != nil {
		return err
	}
	return w.a.say("Windows runs followup sync every %d minutes from now on; followup schedule remove --kind windows ends that", j.Every)
}

func (w windows) remove(job) error {
	if _, err := tool("", "schtasks", "/Delete", "/F", "/TN", windowsTask); err != nil {
		return err
	}
	return w.a.say("Windows no longer runs followup sync")
}

func (windows) installed() bool {
	_, err := tool("", "schtasks", "/Query", "/TN", windowsTask)
	return err == nil
}
