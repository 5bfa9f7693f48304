package config

// defaults holds every key but sources, with its default. It is also the list of
// the keys that there are.
var defaults = map[string]any{
	"me.name":      "",
	"me.emails":    []string{},
	"me.employers": []string{},
	"me.timezone":  "",
	"me.languages": []string{},
	"me.signature": "",

	"target.kind":             "none",
	"target.calendar":         "Interview follow-ups",
	"target.account":          "",
	"target.path":             "",
	"target.url":              "",
	"target.username":         "",
	"target.password_file":    "",
	"target.password_command": []string{},
	"target.client_cert":      "",
	"target.client_key":       "",
	"target.create":           false,

	"google.client_file": "",
	"google.token_file":  "",
	"google.subject":     "",
	"google.endpoint":    "",
	"google.auth_url":    "",
	"google.token_url":   "",

	"plan.look_back":     "45d",
	"plan.look_ahead":    "60d",
	"plan.working_hours": "09:00-18:00",
	"plan.weekend":       []string{"sat", "sun"},
	"plan.holidays":      "",

	"followups.thank_you.enabled":  true,
	"followups.thank_you.after":    "24h",
	"followups.thank_you.until":    "48h",
	"followups.thank_you.weekends": true,
	"followups.thank_you.alarms":   []string{"0m"},
	"followups.thank_you.length":   "15m",

	"followups.status_check.enabled":        true,
	"followups.status_check.after":          "7d",
	"followups.status_check.promise_grace":  "2bd",
	"followups.status_check.again_after":    "7bd",
	"followups.status_check.max":            2,
	"followups.status_check.answered_grace": "5bd",
	"followups.status_check.alarms":         []string{"0m"},
	"followups.status_check.length":         "15m",

	"followups.rejection_reply.enabled": true,
	"followups.rejection_reply.after":   "0bd",
	"followups.rejection_reply.alarms":  []string{"0m"},
	"followups.rejection_reply.length":  "15m",

	"followups.feedback_request.enabled":      true,
	"followups.feedback_request.after":        "3bd",
	"followups.feedback_request.until":        "10d",
	"followups.feedback_request.only_if_well": true,
	"followups.feedback_request.alarms":       []string{"0m"},
	"followups.feedback_request.length":       "15m",

	"followups.offer_reply.enabled": true,
	"followups.offer_reply.after":   "1bd",
	"followups.offer_reply.alarms":  []string{"0m"},
	"followups.offer_reply.length":  "15m",

	"followups.withdrawal.enabled": true,
	"followups.withdrawal.after":   "1bd",
	"followups.withdrawal.alarms":  []string{"0m"},
	"followups.withdrawal.length":  "15m",

	"followups.no_show.enabled": true,
	"followups.no_show.after":   "0m",
	"followups.no_show.alarms":  []string{"0m"},
	"followups.no_show.length":  "15m",

	"followups.let_go.enabled": true,
	"followups.let_go.after":   "21d",
	"followups.let_go.alarms":  []string{"0m"},
	"followups.let_go.length":  "15m",

	"followups.card.enabled": false,
	"followups.card.after":   "24h",
	"followups.card.until":   "48h",
	"followups.card.alarms":  []string{"0m"},
	"followups.card.length":  "15m",

	"followups.debrief.enabled": false,
	"followups.debrief.after":   "0m",
	"followups.debrief.alarms":  []string{"0m"},
	"followups.debrief.length":  "15m",

	"drafts.tone":     "warm",
	"drafts.language": "auto",
	"drafts.folder":   "",

	"serve.listen":        "127.0.0.1:8480",
	"serve.every":         "15m",
	"serve.public_url":    "",
	"serve.password_hash": "",
	"serve.proxies":       []string{},
	"serve.tls_cert":      "",
	"serve.tls_key":       "",
	"serve.metrics":       false,

	"guard.max_removals": 5,
	"guard.max_share":    0.5,
}

// sourceKeys lists the keys of one entry of sources.
var sourceKeys = []string{
	"name", "kind", "calendar", "account", "location", "url", "username",
	"password_file", "password_command", "client_cert", "client_key", "max_bytes",
}

// secretKeys are shown as "(hidden)" by Show: they are secrets or lead to one.
var secretKeys = map[string]bool{
	"serve.password_hash": true,
}
