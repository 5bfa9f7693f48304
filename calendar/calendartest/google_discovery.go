package calendartest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// discovery is the Calendar API's own description of itself, as shipped in the
// client's module: https://developers.google.com/discovery/v1/reference/apis
type discovery struct {
	BasePath   string                `json:"basePath"`
	Parameters map[string]schema     `json:"parameters"`
	Schemas    map[string]schema     `json:"schemas"`
	Resources  map[string]apiMethods `json:"resources"`
	Auth       struct {
		OAuth2 struct {
			Scopes map[string]any `json:"scopes"`
		} `json:"oauth2"`
	} `json:"auth"`
}

type apiMethods struct {
	Methods map[string]*apiMethod `json:"methods"`
}

type apiMethod struct {
	ID         string            `json:"id"`
	HTTPMethod string            `json:"httpMethod"`
	Path       string            `json:"path"`
	Parameters map[string]schema `json:"parameters"`
	Scopes     []string          `json:"scopes"`
	Request    schema            `json:"request"`
	Response   schema            `json:"response"`

	pattern *regexp.Regexp
	names   []string
}

type schema struct {
	Ref         string            `json:"$ref"`
	Type        string            `json:"type"`
	Format      string            `json:"format"`
	Enum        []string          `json:"enum"`
	Location    string            `json:"location"`
	Required    bool              `json:"required"`
	Repeated    bool              `json:"repeated"`
	Minimum     string            `json:"minimum"`
	Maximum     string            `json:"maximum"`
	Properties  map[string]schema `json:"properties"`
	Additional  *schema           `json:"additionalProperties"`
	Items       *schema           `json:"items"`
	Annotations struct {
		Required []string `json:"required"`
	} `json:"annotations"`
}

// loadDiscovery finds the document in the module cache. It is read once.
var loadDiscovery = sync.OnceValues(func() (*discovery, error) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "google.golang.org/api").Output()
	if err != nil {
		return nil, fmt.Errorf("where is google.golang.org/api: %w", err)
	}
	data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "calendar", "v3", "calendar-api.json"))
	if err != nil {
		return nil, err
	}
	var d discovery
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, err
	}
	for _, r := range d.Resources {
		for _, m := range r.Methods {
			m.compile(d.BasePath)
		}
	}
	return &d, nil
})

var pathParameter = regexp.MustCompile(`\\\{([a-zA-Z]+)\\\}`)

func (m *apiMethod) compile(base string) {
	quoted := regexp.QuoteMeta(base + m.Path)
	for _, p := range pathParameter.FindAllStringSubmatch(quoted, -1) {
		m.names = append(m.names, p[1])
	}
	m.pattern = regexp.MustCompile("^" + pathParameter.ReplaceAllString(quoted, "([^/]+)") + "$")
}

// find returns the method for a request and its path parameters, still escaped.
func (d *discovery) find(method, escapedPath string) (*apiMethod, map[string]string) {
	var best *apiMethod
	var args map[string]string
	for _, r := range d.Resources {
		for _, m := range r.Methods {
			got := m.pattern.FindStringSubmatch(escapedPath)
			if got == nil || m.HTTPMethod != method || best != nil && len(best.names) <= len(m.names) {
				continue
			}
			best, args = m, map[string]string{}
			for i, n := range m.names {
				args[n] = got[i+1]
			}
		}
	}
	return best, args
}

// checkQuery reports the parameters that the method does not have, and values
// that they can't take.
func (d *discovery) checkQuery(m *apiMethod, q map[string][]string) []string {
	var bad []string
	for name, values := range q {
		p, ok := m.Parameters[name]
		if !ok {
			p, ok = d.Parameters[name]
		}
		switch {
		case !ok:
			bad = append(bad, "no such parameter: "+name)
			continue
		case p.Location == "path":
			bad = append(bad, "a path parameter in the query: "+name)
		case len(values) > 1 && !p.Repeated:
			bad = append(bad, "given twice: "+name)
		}
		for _, v := range values {
			if err := p.checkText(v); err != nil {
				bad = append(bad, name+": "+err.Error())
			}
		}
	}
	slices.Sort(bad)
	return bad
}

func (s schema) checkText(v string) error {
	switch s.Type {
	case "integer":
		n, err := strconv.Atoi(v)
		low, _ := strconv.Atoi(s.Minimum)
		if err != nil || s.Minimum != "" && n < low {
			return fmt.Errorf("not such a number: %q", v)
		}
	case "boolean":
		if v != "true" && v != "false" {
			return fmt.Errorf("neither true nor false: %q", v)
		}
	case "string":
		return s.checkString(v)
	}
	return nil
}

func (s schema) checkString(v string) error {
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, v) {
		return fmt.Errorf("%q is none of %v", v, s.Enum)
	}
	switch s.Format {
	case "date-time":
		if _, err := time.Parse(time.RFC3339, v); err != nil {
			if _, err := time.Parse("2006-01-02T15:04:05", v); err != nil {
				return fmt.Errorf("no date-time: %q", v)
			}
		}
	case "date":
		if _, err := time.Parse(time.DateOnly, v); err != nil {
			return fmt.Errorf("no date: %q", v)
		}
	}
	return nil
}

// check reports where a JSON value is not what the schema says. A null is
// allowed where nulls is set: in a patch it clears.
func (d *discovery) check(s schema, v any, at string, nulls bool) []string {
	if s.Ref != "" {
		return d.check(d.Schemas[s.Ref], v, at, nulls)
	}
	wrong := func() []string { return []string{fmt.Sprintf("%s: %T is no %s", at, v, s.Type)} }
	switch v := v.(type) {
	case nil:
		if !nulls {
			return []string{at + ": null"}
		}
	case map[string]any:
		if s.Type != "object" {
			return wrong()
		}
		return d.checkObject(s, v, at, nulls)
	case []any:
		if s.Type != "array" {
			return wrong()
		}
		var bad []string
		for i, e := range v {
			bad = append(bad, d.check(*s.Items, e, fmt.Sprintf("%s[%d]", at, i), false)...)
		}
		return bad
	case string:
		if s.Type != "string" && s.Type != "any" {
			return wrong()
		}
		if err := s.checkString(v); err != nil {
			return []string{at + ": " + err.Error()}
		}
	case bool:
		if s.Type != "boolean" {
			return wrong()
		}
	case float64, int, int64, json.Number:
		if s.Type != "integer" && s.Type != "number" {
			return wrong()
		}
	}
	return nil
}

func (d *discovery) checkObject(s schema, v map[string]any, at string, nulls bool) []string {
	var bad []string
	for k, e := range v {
		p, ok := s.Properties[k]
		if !ok && s.Additional != nil {
			p, ok = *s.Additional, true
		}
		if !ok {
			bad = append(bad, at+"."+k+": no such property")
			continue
		}
		bad = append(bad, d.check(p, e, at+"."+k, nulls)...)
	}
	return bad
}
