package webcal

import (
	"net"
	"net/http"
	"net/url"
	"testing"
)

func TestGuardCheck(t *testing.T) {
	const lan, meta = "192.168.7.9", "169.254.169.254"
	tests := []struct {
		name, home, host, ip string
		ok                   bool
	}{
		{"public", "", "cal.example", "93.184.215.14", true},
		{"public v6", "", "cal.example", "2606:2800:21f::1", true},
		{"loopback by a public name", "", "cal.example", "127.0.0.1", false},
		{"loopback v6", "", "cal.example", "::1", false},
		{"mapped loopback", "", "cal.example", "::ffff:127.0.0.1", false},
		{"unspecified", "", "cal.example", "0.0.0.0", false},
		{"this network", "", "cal.example", "0.1.2.3", false},
		{"private", "", "cal.example", lan, false},
		{"unique local", "", "cal.example", "fd12::1", false},
		{"site local", "", "cal.example", "fec0::1", false},
		{"carrier", "", "cal.example", "100.64.1.1", false},
		{"link local", "", "cal.example", meta, false},
		{"link local v6", "", "cal.example", "fe80::1", false},
		{"Azure's metadata in a public range", "", "cal.example", "168.63.129.16", false},
		{"benchmark", "", "cal.example", "198.18.0.1", false},
		{"multicast", "", "cal.example", "224.0.0.1", false},
		{"broadcast", "", "cal.example", "255.255.255.255", false},
		{"NAT64 of a private address", "", "cal.example", "64:ff9b::c0a8:709", false},
		{"NAT64 of a public address", "", "cal.example", "64:ff9b::5db8:d70e", true},
		{"6to4 of loopback", "", "cal.example", "2002:7f00:1::1", false},
		{"the user's own server at home", "nas.example", "nas.example", lan, true},
		{"case and final dot", "nas.example", "NAS.example.", lan, true},
		{"another host at home", "nas.example", "router.example", lan, false},
		{"own name leads to metadata", "nas.example", "nas.example", meta, false},
		{"own name leads to AWS v6 metadata", "nas.example", "nas.example", "fd00:ec2::254", false},
		{"own name leads to Alibaba's metadata", "nas.example", "nas.example", "100.100.100.200", false},
		{"metadata by its number, named by the user", meta, meta, meta, true},
		{"localhost named by the user", "localhost", "localhost", "127.0.0.1", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := &guard{home: tt.home}
			err := g.check(tt.host, net.JoinHostPort(tt.ip, "443"))
			if (err == nil) != tt.ok {
				t.Errorf("check(%s, %s) with home %q: %v, want ok=%v", tt.host, tt.ip, tt.home, err, tt.ok)
			}
		})
	}
}

// What lies behind a proxy is looked up by the proxy; an address that can be seen
// in the URL is refused here.
func TestGuardLiteralBehindProxy(t *testing.T) {
	g := &guard{proxies: map[string]bool{}}
	proxy := g.proxy(func(*http.Request) (*url.URL, error) { return url.Parse("http://127.0.0.1:3128") })
	for target, ok := range map[string]bool{
		"https://cal.example/basic.ics":            true,
		"http://169.254.169.254/latest/meta-data/": false,
		"http://localhost:9200/":                   false,
		"http://[::1]/":                            false,
	} {
		r, err := http.NewRequest(http.MethodGet, target, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := proxy(r); (err == nil) != ok {
			t.Errorf("%s through a proxy: %v, want ok=%v", target, err, ok)
		}
	}
	if !g.proxies["127.0.0.1:3128"] {
		t.Error("the user's own proxy on loopback is not let through")
	}
}

func TestRedact(t *testing.T) {
	const secret = "https://nina:pw@calendar.example/private-0123abcd/basic.ics?token=x"
	u, err := url.Parse(secret)
	if err != nil {
		t.Fatal(err)
	}
	want := "https://calendar.example/..."
	if got := redactURL(u); got != want {
		t.Errorf("redactURL: %q, want %q", got, want)
	}
	if got := redactText("Get \"" + secret + "\": EOF"); got != `Get "`+want+`": EOF` {
		t.Errorf("redactText: %q", got)
	}
	err = redact(&url.Error{Op: "Get", URL: secret, Err: &url.Error{Op: "parse", URL: secret, Err: http.ErrServerClosed}})
	if got := err.Error(); got != http.ErrServerClosed.Error() {
		t.Errorf("redact: %q", got)
	}
}
