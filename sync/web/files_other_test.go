//go:build !unix

package web

func slowConnections() int { return 500 }
