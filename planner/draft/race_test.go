//go:build race

package draft

// thin is of how many drafts one is looked at: the race detector makes each ten
// times as slow, and looks for something else.
const thin = 20
