package config

import (
	"reflect"
	"strings"
)

// Schema is the JSON schema (draft 2020-12) of the configuration file. It is
// made from the same types and defaults that Load reads, so that it can't drift.
func Schema() map[string]any {
	root := object(nil)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "followup configuration"
	for key, value := range defaults {
		place(root, strings.Split(key, "."), property(key, value))
	}
	props := root["properties"].(map[string]any)
	source := object([]string{"kind"})
	t := reflect.TypeOf(Source{})
	for i := range t.NumField() {
		f := t.Field(i)
		source["properties"].(map[string]any)[f.Tag.Get("mapstructure")] = typeOf(reflect.Zero(f.Type).Interface())
	}
	source["properties"].(map[string]any)["kind"] = map[string]any{"enum": SourceKinds}
	props["sources"] = map[string]any{"type": "array", "items": source}
	return root
}

func object(required []string) map[string]any {
	o := map[string]any{"type": "object", "additionalProperties": false, "properties": map[string]any{}}
	if required != nil {
		o["required"] = required
	}
	return o
}

// place puts a property at its path, making the blocks on the way.
func place(at map[string]any, path []string, p map[string]any) {
	props := at["properties"].(map[string]any)
	if len(path) == 1 {
		props[path[0]] = p
		return
	}
	next, ok := props[path[0]].(map[string]any)
	if !ok {
		next = object(nil)
		props[path[0]] = next
	}
	place(next, path[1:], p)
}

func property(key string, value any) map[string]any {
	p := typeOf(value)
	p["default"] = value
	switch key {
	case "target.kind":
		p["enum"] = TargetKinds
	case "drafts.tone":
		p["enum"] = tones
	case "plan.weekend":
		p["items"] = map[string]any{"enum": days}
	}
	if s, ok := value.(string); ok && delay.MatchString(s) {
		p["pattern"] = delay.String()
		p["description"] = "a length of time: 30m, 24h, 7d, or business days as 2bd"
	}
	return p
}

func typeOf(value any) map[string]any {
	switch value.(type) {
	case bool:
		return map[string]any{"type": "boolean"}
	case int, int64:
		return map[string]any{"type": "integer"}
	case float64:
		return map[string]any{"type": "number"}
	case []string:
		return map[string]any{"type": "array", "items": map[string]any{"type": "string"}}
	}
	return map[string]any{"type": "string"}
}
