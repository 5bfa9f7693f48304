package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"followup/calendar/webcal"
	"followup/config"
	"followup/planner/draft"
)

func draftsCmd(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "drafts",
		Short: "The texts: list, show, edit and check them",
		Long: `The texts of the follow-ups. Each language has a file a kind; a file of the same
name in your own folder (drafts.folder, by default drafts beside the configuration)
replaces what it defines. docs/drafts.md explains the templates.`,
		Example: "  followup drafts list\n  followup drafts show thank_you de\n  followup drafts edit thank_you\n  followup drafts check",
	}
	c.AddCommand(draftsList(a), draftsShow(a), draftsEdit(a), draftsCheck(a))
	return c
}

// loadedDrafts are the texts with the user's own over them.
func (a *app) loadedDrafts() (*draft.Set, error) {
	cfg, err := a.config()
	if err != nil {
		return nil, err
	}
	return a.drafts(cfg.Drafts.Folder)
}

func draftsList(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "Every text, and which are yours", Args: usageArgs(cobra.NoArgs),
		Example: "  followup drafts list",
		RunE: func(*cobra.Command, []string) error {
			set, err := a.loadedDrafts()
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.printJSON(map[string]any{"drafts": set.List()})
			}
			for _, t := range set.List() {
				if err := a.say("%-4s %-18s %s", t.Language, t.Kind, t.Origin); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// kindAndLanguage reads the arguments KIND [LANGUAGE].
func kindAndLanguage(args []string) (draft.Kind, string, error) {
	kind, lang := draft.Kind(args[0]), "en"
	if len(args) > 1 {
		lang = args[1]
	}
	if kind != "common" && !slices.Contains(draft.Kinds, kind) {
		return kind, lang, usageError("unknown kind %q%s", kind, suggest(string(kind), kindWords()))
	}
	return kind, lang, nil
}

func kindWords() []string {
	out := []string{"common"}
	for _, k := range draft.Kinds {
		out = append(out, string(k))
	}
	return out
}

func draftsShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "show KIND [LANGUAGE]", Short: "The template of one kind", Args: usageArgs(cobra.RangeArgs(1, 2)),
		Example:           "  followup drafts show thank_you\n  followup drafts show status_check fr",
		ValidArgsFunction: cobra.FixedCompletions(kindWords(), cobra.ShellCompDirectiveNoFileComp),
		RunE: func(_ *cobra.Command, args []string) error {
			kind, lang, err := kindAndLanguage(args)
			if err != nil {
				return err
			}
			set, err := a.loadedDrafts()
			if err != nil {
				return err
			}
			text, _, err := set.Source(lang, kind)
			if err != nil {
				return usageError("%w; followup drafts list shows what there is", err)
			}
			_, err = fmt.Fprint(a.out, text)
			return err
		},
	}
}

func draftsEdit(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "edit KIND [LANGUAGE]", Short: "Edit your own copy of a text", Args: usageArgs(cobra.RangeArgs(1, 2)),
		Long: `Copies the text into your own folder, unless there is one already, and opens it in
$VISUAL or $EDITOR. Without an editor it says where the file is. The text is checked
afterwards.`,
		Example:           "  followup drafts edit thank_you\n  EDITOR=nano followup drafts edit status_check de",
		ValidArgsFunction: cobra.FixedCompletions(kindWords(), cobra.ShellCompDirectiveNoFileComp),
		RunE: func(_ *cobra.Command, args []string) error {
			kind, lang, err := kindAndLanguage(args)
			if err != nil {
				return err
			}
			file, err := a.ownDraft(kind, lang)
			if err != nil {
				return err
			}
			opened, err := a.editor(file)
			if err != nil || !opened {
				return err
			}
			return a.checkDrafts()
		},
	}
}

// ownDraft returns the user's own copy of a text, made when there is none.
func (a *app) ownDraft(kind draft.Kind, lang string) (string, error) {
	cfg, err := a.config()
	if err != nil {
		return "", err
	}
	folder := cfg.Drafts.Folder
	if folder == "" {
		folder = filepath.Join(filepath.Dir(config.DefaultFile()), "drafts")
		a.warn("set drafts.folder to %s in the configuration, so that your own texts are used", tilde(folder))
	}
	file := filepath.Join(folder, filepath.FromSlash(draft.File(lang, kind)))
	if _, err := os.Stat(file); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return file, err
	}
	set, err := a.loadedDrafts()
	if err != nil {
		return "", err
	}
	text, _, err := set.Source(lang, kind)
	if err != nil {
		return "", usageError("%w; followup drafts list shows what there is", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return "", err
	}
	_, err = webcal.WriteFile(file, []byte(text))
	return file, err
}

// editor opens the file in the user's editor, or says where it is.
func (a *app) editor(file string) (opened bool, err error) {
	program := os.Getenv("VISUAL")
	if program == "" {
		program = os.Getenv("EDITOR")
	}
	words := strings.Fields(program)
	if len(words) == 0 {
		return false, a.say("your copy is %s; edit it, then run followup drafts check (EDITOR=nano followup drafts edit opens an editor)", file)
	}
	cmd := exec.Command(words[0], append(words[1:], file)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = a.in, a.out, a.errOut
	if err := cmd.Run(); err != nil {
		return false, fmt.Errorf("the editor %s failed: %w; your copy is %s", words[0], err, file)
	}
	return true, nil
}

func draftsCheck(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "check", Short: "Check the texts: unknown words, blanks, clichés, length", Args: usageArgs(cobra.NoArgs),
		Long: `Renders every text against samples and names unknown variables, unfilled blanks,
phrases that recruiters are tired of, and texts that are too long. A broken text of
your own is an error here; in a sync the built-in one is used instead.`,
		Example: "  followup drafts check",
		RunE:    func(*cobra.Command, []string) error { return a.checkDrafts() },
	}
}

// checkDrafts reports what is wrong with the texts.
func (a *app) checkDrafts() error {
	quiet := *a
	quiet.quiet = true // what is broken is listed below
	set, err := quiet.loadedDrafts()
	if err != nil {
		return err
	}
	if cfg, err := a.config(); err == nil && cfg.Drafts.Folder != "" && !exists(cfg.Drafts.Folder) {
		a.warn("drafts.folder: there is no %s: the texts that come with followup are used", tilde(cfg.Drafts.Folder))
	}
	problems := set.Check()
	if a.format == "json" {
		err = a.printJSON(map[string]any{"problems": list(problems)})
	} else {
		for _, p := range problems {
			err = errors.Join(err, a.say("%s", p))
		}
		if len(problems) == 0 {
			err = a.say("the texts are fine")
		}
	}
	if err != nil || len(problems) == 0 {
		return err
	}
	return &exitError{exitFailed, nil}
}
