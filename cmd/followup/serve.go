package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/crypto/bcrypt"

	"followup/config"
	"followup/sync/web"
)

func serveCmd(a *app) *cobra.Command {
	var listen string
	var rotate, hash bool
	c := &cobra.Command{
		Use:   "serve",
		Short: "A page to look at, a feed to subscribe to, and periodic sync",
		Long: `Serves a page with what is next and the finished drafts, a feed that any calendar
subscribes to, and runs sync every serve.every. It listens on this machine alone
unless serve.listen says otherwise; then it wants a login and encryption.

The feed's address holds a secret. --rotate-secret makes a new one and ends: the old
address is answered with 404 from then on, also by a server that is running.

Off this machine the page wants a login: --hash-password asks for a password, prints
its hash for serve.password_hash, and ends.`,
		Example: "  followup serve\n  followup serve --listen 127.0.0.1:9000\n  followup serve --rotate-secret",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if hash {
				return a.hashPassword(cmd.Context())
			}
			if rotate {
				_, err := web.RotateSecret(a.secretFile())
				if err != nil {
					return err
				}
				return a.say("the feed has a new address; the page shows it, the old one no longer works")
			}
			return a.serve(cmd.Context(), listen)
		},
	}
	c.Flags().StringVar(&listen, "listen", "", "`ADDRESS` to listen on (default serve.listen)")
	c.Flags().BoolVar(&rotate, "rotate-secret", false, "give the feed a new address, and end")
	c.Flags().BoolVar(&hash, "hash-password", false, "print the hash of a password, and end")
	return c
}

// minPassword is the least length of the page's password, in bytes: the page can
// be reached from anywhere.
const minPassword = 10

func (a *app) hashPassword(ctx context.Context) error {
	password, err := a.asker().secret(ctx, "Password")
	if err != nil {
		return err
	}
	if len(password) < minPassword {
		return usageError("a password of %d characters or more is needed: the page can be reached from other computers", minPassword)
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.DefaultCost)
	if err != nil {
		return usageError("%w", err)
	}
	return a.say("%s", hash)
}

// secretFile holds the feed's secret, beside the state.
func (a *app) secretFile() string { return filepath.Join(filepath.Dir(a.state()), "feed-secret") }

// serve runs until the context ends; a run that is at work is finished first.
func (a *app) serve(ctx context.Context, listen string) error {
	cfg, err := a.config()
	if err != nil {
		return err
	}
	if listen == "" {
		listen = cfg.Serve.Listen
	}
	every, err := clockTime("serve.every", cfg.Serve.Every)
	if err != nil {
		return usageError("%w", err)
	}
	if every < time.Minute {
		return usageError("serve.every: %s is less than a minute", every)
	}
	o, err := a.webOptions(cfg, every)
	if err != nil {
		return err
	}
	useTLS := cfg.Serve.TLSCert != ""
	if err := web.CheckListen(listen, o, useTLS); err != nil {
		return usageError("%w", err)
	}
	l := &serveLedger{app: a}
	if err := l.start(ctx); err != nil {
		return err
	}
	o.Ledger = l
	server, err := web.NewServer(o)
	if err != nil {
		return err
	}
	socket, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("%s can't be listened on: %w; choose another with --listen", listen, err)
	}
	a.announce(socket.Addr(), useTLS)
	return a.serveUntil(ctx, server, socket, l, every, cfg.Serve)
}

// announce says where the page is.
func (a *app) announce(addr net.Addr, useTLS bool) {
	scheme := "http"
	if useTLS {
		scheme = "https"
	}
	a.warn("the page is at %s://%s/ (Ctrl-C ends)", scheme, addr)
}

// serveUntil serves and syncs until the context ends.
func (a *app) serveUntil(ctx context.Context, server *http.Server, socket net.Listener, l *serveLedger, every time.Duration, s config.Serve) error {
	failed := make(chan error, 1)
	go func() {
		if s.TLSCert != "" {
			failed <- server.ServeTLS(socket, s.TLSCert, s.TLSKey)
			return
		}
		failed <- server.Serve(socket)
	}()
	done := make(chan struct{})
	go func() { defer close(done); l.loop(ctx, every) }()
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		err = server.Shutdown(stop)
		<-done
	}
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

// webOptions are the server's settings.
func (a *app) webOptions(cfg config.Config, every time.Duration) (web.Options, error) {
	if _, err := web.LoadSecret(a.secretFile()); err != nil {
		return web.Options{}, err
	}
	loc, err := location(cfg)
	if err != nil {
		return web.Options{}, err
	}
	o := web.Options{
		Secret:       a.feedSecret,
		Issued:       filepath.Join(filepath.Dir(a.state()), "feed-issued.json"),
		Renew:        func() error { _, err := web.RotateSecret(a.secretFile()); return err },
		PasswordHash: cfg.Serve.PasswordHash, PublicURL: cfg.Serve.PublicURL, Metrics: cfg.Serve.Metrics,
		Every: every, Calendar: calendarFrame(), Location: loc, Now: a.clock, Log: a.log,
	}
	for _, p := range cfg.Serve.Proxies {
		prefix, err := proxyPrefix(p)
		if err != nil {
			return o, usageError("serve.proxies: %w", err)
		}
		o.Proxies = append(o.Proxies, prefix)
	}
	return o, nil
}

// feedSecret reads the secret anew for every request, so that a rotated one
// counts at once. Without one the feed answers nobody.
func (a *app) feedSecret() string {
	secret, err := web.LoadSecret(a.secretFile())
	if err != nil {
		a.log.Error("the feed's secret can't be read", "error", err)
		return ""
	}
	return secret
}

// proxyPrefix reads an address or a network of addresses.
func proxyPrefix(s string) (netip.Prefix, error) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p, nil
	}
	addr, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%q is no address; write 10.0.0.2 or 10.0.0.0/24", s)
	}
	return netip.PrefixFrom(addr, addr.BitLen()), nil
}
