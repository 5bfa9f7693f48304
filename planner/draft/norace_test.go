//go:build !race

package draft

// thin is of how many drafts one is looked at: all.
const thin = 1
