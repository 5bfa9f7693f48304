package config

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// Value is one key as it stands, for showing: secrets are hidden.
type Value struct {
	Key    string `json:"key"`
	Value  any    `json:"value"`
	Origin string `json:"origin"` // default, file, environment or flag
}

// Values lists every key in the order of the file's blocks.
func (c Config) Values() []Value {
	var out []Value
	add := func(key string, v any) {
		if secretKeys[key] && v != "" {
			v = "(hidden)"
		}
		out = append(out, Value{key, v, c.Origin[key]})
	}
	eachField("me", reflect.ValueOf(c.Me), add)
	add("sources", c.shownSources())
	eachField("target", reflect.ValueOf(hideTarget(c.Target)), add)
	eachField("google", reflect.ValueOf(c.Google), add)
	eachField("plan", reflect.ValueOf(c.Plan), add)
	for _, kind := range slices.Sorted(mapKeys(c.FollowUps)) {
		eachField("followups."+kind, reflect.ValueOf(c.FollowUps[kind]), func(key string, v any) {
			if _, known := defaults[key]; known {
				add(key, v)
			}
		})
	}
	eachField("drafts", reflect.ValueOf(c.Drafts), add)
	eachField("serve", reflect.ValueOf(c.Serve), add)
	eachField("guard", reflect.ValueOf(c.Guard), add)
	return out
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// eachField calls do for every field of a block with its key.
func eachField(prefix string, v reflect.Value, do func(key string, v any)) {
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get("mapstructure"); name != "" && name != "-" {
			do(prefix+"."+name, v.Field(i).Interface())
		}
	}
}

// shownSources are the sources as maps of what was set, secrets hidden.
func (c Config) shownSources() []map[string]any {
	out := []map[string]any{}
	for _, s := range c.Sources {
		m := map[string]any{}
		eachField("", reflect.ValueOf(s), func(key string, v any) {
			if !reflect.ValueOf(v).IsZero() {
				m[strings.TrimPrefix(key, ".")] = v
			}
		})
		if s.Kind == "ics" {
			m["location"] = HideURL(s.Location)
		}
		if s.URL != "" {
			m["url"] = HideURL(s.URL)
		}
		out = append(out, m)
	}
	return out
}

func hideTarget(t Target) Target {
	t.URL = HideURL(t.URL)
	return t
}

// HideURL keeps scheme and host of a URL and hides the rest: the path of a
// private feed is as good as a password. A path on disk stays as it is.
func HideURL(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return s
	}
	if u.Path == "" || u.Path == "/" {
		return fmt.Sprintf("%s://%s%s", u.Scheme, u.Host, u.Path)
	}
	return fmt.Sprintf("%s://%s/(hidden)", u.Scheme, u.Host)
}
