package google

import (
	"os"
	"os/exec"
	"runtime"
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
	if b := os.Getenv("BROWSER"); b != "" && runtime.GOOS != "windows" {
		name, args = b, []string{address}
	}
	cmd := exec.Command(name, args...)
	if err := cmd.Start(); err != nil {
		return err
	}
	go cmd.Wait() //nolint:errcheck // only so that no dead process is left
	return nil
}
