package google

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	api "google.golang.org/api/calendar/v3"

	"followup/calendar"
)

// editAsEvent changes a resource through the program's words, as a person does
// with a calendar app: the description comes back as the HTML that an app writes.
func editAsEvent(t *testing.T, r map[string]any, edit func(*calendar.Event)) {
	t.Helper()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var e api.Event
	if err := json.Unmarshal(data, &e); err != nil {
		t.Fatal(err)
	}
	var l listing
	ev, err := l.event(&e)
	if err != nil {
		t.Fatal(err)
	}
	was := calendar.FieldsOf(ev)
	edit(&ev)
	changed := was.Diff(calendar.FieldsOf(ev))
	out, err := json.Marshal(toEvent(ev, changed))
	if err != nil {
		t.Fatal(err)
	}
	var patch map[string]any
	if err := json.Unmarshal(out, &patch); err != nil {
		t.Fatal(err)
	}
	delete(patch, "extendedProperties")
	if d, ok := patch["description"].(string); ok {
		patch["description"] = strings.ReplaceAll(d, "\n", "<br>")
	}
	for k, v := range patch {
		m, ok := v.(map[string]any)
		for n, x := range m {
			if x == nil {
				delete(m, n)
			}
		}
		if ok {
			v = m
		}
		r[k] = v
	}
}

// rawWithoutOrganizer is the stored event without what Google itself puts there:
// it names the calendar as the organizer of every event.
func rawWithoutOrganizer(r map[string]any) string {
	delete(r, "organizer")
	delete(r, "creator")
	data, _ := json.MarshalIndent(r, "", " ")
	return string(data)
}

// serviceKey is a service account's key file with a key made for this test.
func serviceKey(t *testing.T, tokenURL, subject string) []byte {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "followup@project.iam.example", "token_uri": tokenURL, "subject": subject,
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// benchOptions signs in nowhere: the token is good for an hour.
func benchOptions(b *testing.B, endpoint string) Options {
	b.Helper()
	dir := b.TempDir()
	o := Options{ClientFile: filepath.Join(dir, "client.json"), TokenFile: filepath.Join(dir, "token.json"), Endpoint: endpoint, Now: func() time.Time { return now }}
	client := `{"installed":{"client_id":"x","client_secret":"y"}}`
	if err := os.WriteFile(o.ClientFile, []byte(client), 0o600); err != nil {
		b.Fatal(err)
	}
	if err := (fileVault(o.TokenFile)).save(grant{AccessToken: "a", RefreshToken: "r", Expiry: time.Now().Add(time.Hour)}); err != nil {
		b.Fatal(err)
	}
	return o
}
