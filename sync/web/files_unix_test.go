//go:build unix

package web

import (
	"os"
	"strconv"
	"syscall"
)

// slowConnections is how many connections are tried, both ends of each in this
// process: two thousand, or FOLLOWUP_SLOW, as far as the machine lets it.
func slowConnections() int {
	want, err := strconv.Atoi(os.Getenv("FOLLOWUP_SLOW"))
	if err != nil {
		want = 2000
	}
	var lim syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &lim); err != nil {
		return 300
	}
	return min(want, int(lim.Cur-200)/2)
}
