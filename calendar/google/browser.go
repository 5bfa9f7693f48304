package google

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// openBrowser opens the address in the person's browser and does not wait for it.
func openBrowser(address string) error {
	name, args := "xdg-open", []string{address}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", address}
	}
	if b, _, _ := strings.Cut(os.Getenv("BROWSER"), ":"); b != "" && runtime.GOOS != "windows" {
		words := strings.Fields(strings.ReplaceAll(b, "%s", ""))
		name, args = words[0], append(words[1:], address)
	}
	cmd := exec.Command(name, args...)
	if err := cmd.Start(); err != nil {
		return err
	}
	go cmd.Wait() //nolint:errcheck // only so that no dead process is left
	return nil
}
