// Drives a Calendar server with Google's JavaScript client, from the sign-in to
// the revocation. Usage: node google-client.mjs URL CLIENT_ID CLIENT_SECRET
// Whatever is not as Google documents it ends the run with status 1.
import assert from 'node:assert/strict';
import { auth, calendar } from '@googleapis/calendar';

process.on('uncaughtException', (e) => {
  console.error(e.stack);
  process.exit(1);
});

const [url, clientId, clientSecret] = process.argv.slice(2);
const scopes = ['calendar.events.owned.readonly', 'calendar.app.created'].map((s) => 'https://www.googleapis.com/auth/' + s);

const redirect = 'http://127.0.0.1:49152/';
const oauth = new auth.OAuth2({
  clientId, clientSecret, redirectUri: redirect,
  endpoints: { oauth2AuthBaseUrl: url + '/o/oauth2/v2/auth', oauth2TokenUrl: url + '/token', oauth2RevokeUrl: url + '/revoke' },
});
const api = calendar({ version: 'v3', auth: oauth, rootUrl: url + '/', retry: false });

// The status and reason with which a call is refused.
async function refused(promise, status, reason) {
  await assert.rejects(promise, (e) => {
    assert.equal(Number(e.response?.status ?? e.status), status, e.message);
    if (reason) assert.equal(e.response.data.error.errors[0].reason, reason);
    return true;
  });
}

// Sign-in, as an installed application with PKCE.
const { codeVerifier, codeChallenge } = await oauth.generateCodeVerifierAsync();
const state = 'a-state-of-this-test';
const consent = oauth.generateAuthUrl({ access_type: 'offline', prompt: 'consent', scope: scopes, state, code_challenge_method: 'S256', code_challenge: codeChallenge });
const back = new URL((await fetch(consent, { redirect: 'manual' })).headers.get('location'));
assert.equal(back.searchParams.get('state'), state);
const code = back.searchParams.get('code');
await assert.rejects(oauth.getToken({ code, codeVerifier: codeVerifier.slice(1) + 'x' }), /invalid_grant/);
const second = new URL((await fetch(consent, { redirect: 'manual' })).headers.get('location'));
const { tokens } = await oauth.getToken({ code: second.searchParams.get('code'), codeVerifier });
assert.ok(tokens.refresh_token && tokens.access_token && tokens.expiry_date > Date.now());
assert.deepEqual(tokens.scope.split(' '), scopes);
await assert.rejects(oauth.getToken({ code: second.searchParams.get('code'), codeVerifier }), /invalid_grant/);
oauth.setCredentials(tokens);

// A calendar of our own; nobody else's may be written to.
const { data: own } = await api.calendars.insert({ requestBody: { summary: 'Follow-ups', timeZone: 'Europe/Berlin' } });
assert.equal((await api.calendars.get({ calendarId: own.id })).data.summary, 'Follow-ups');
const event = (id, more) => ({
  id, summary: 'Thank Ana', start: { dateTime: '2026-11-27T10:00:00+01:00', timeZone: 'America/New_York' }, end: { dateTime: '2026-11-27T10:15:00+01:00' }, ...more,
});
await refused(api.events.insert({ calendarId: 'primary', requestBody: event('abcde00000') }), 403, 'insufficientPermissions');
await refused(api.calendarList.list(), 403, 'insufficientPermissions');
await refused(api.events.list({ calendarId: 'nobody@group.calendar.google.com' }), 404, 'notFound');

// Writing.
const base = { calendarId: own.id, sendUpdates: 'none' };
const longKey = 'k'.repeat(45);
const made = (await api.events.insert({ ...base, requestBody: event('abcde00001', {
  extendedProperties: { private: { mark: '1', [longKey]: 'x', long: 'v'.repeat(2000) } }, reminders: { useDefault: false, overrides: [{ method: 'popup', minutes: 0 }] },
}) })).data;
assert.equal(made.kind, 'calendar#event');
assert.equal(made.iCalUID, 'abcde00001@google.com');
assert.equal(made.start.dateTime, '2026-11-27T10:00:00+01:00');
assert.equal(made.start.timeZone, 'America/New_York');
assert.equal(made.extendedProperties.private[longKey], undefined);
assert.equal(made.extendedProperties.private.long.length, 1024);
await refused(api.events.insert({ ...base, requestBody: event('abcde00001') }), 409, 'duplicate');
await refused(api.events.insert({ ...base, requestBody: event('ABC') }), 400, 'invalid');
await refused(api.events.insert({ ...base, requestBody: event('abcde00009', { reminders: { overrides: [{ method: 'popup', minutes: 5 }] } }) }), 400, 'cannotUseDefaultRemindersAndSpecifyOverride');
await refused(api.events.insert({ ...base, requestBody: event('abcde00009', { reminders: { useDefault: false, overrides: [{ method: 'popup' }] } }) }), 400, 'required');
await refused(api.events.insert({ ...base, requestBody: event('abcde00009', { recurrence: ['RRULE:FREQ=DAILY'], start: { dateTime: '2026-11-27T10:00:00+01:00' } }) }), 400, 'required');
await refused(api.events.insert({ ...base, requestBody: event('abcde00009', { end: { date: '2026-11-28' } }) }), 400, 'invalid');

const patched = (await api.events.patch({ ...base, eventId: made.id, requestBody: { summary: 'Thank Ana Ruiz', extendedProperties: { private: { mark: null } } } }, { headers: { 'If-Match': made.etag } })).data;
assert.equal(patched.summary, 'Thank Ana Ruiz');
assert.equal(patched.extendedProperties.private.mark, undefined);
assert.equal(patched.extendedProperties.private.long.length, 1024);
assert.notEqual(patched.etag, made.etag);
await refused(api.events.patch({ ...base, eventId: made.id, requestBody: { summary: 'x' } }, { headers: { 'If-Match': made.etag } }), 412, 'conditionNotMet');
await refused(api.events.delete({ ...base, eventId: made.id }, { headers: { 'If-Match': made.etag } }), 412, 'conditionNotMet');
const allDay = (await api.events.patch({ ...base, eventId: made.id, requestBody: { start: { date: '2026-11-28', dateTime: null, timeZone: null }, end: { date: '2026-11-29', dateTime: null } } })).data;
assert.deepEqual([allDay.start, allDay.end], [{ date: '2026-11-28' }, { date: '2026-11-29' }]);
await refused(api.events.patch({ ...base, eventId: made.id, requestBody: { start: { dateTime: '2026-11-28T10:00:00Z' } } }), 400);
const put = (await api.events.update({ ...base, eventId: made.id, requestBody: event(made.id) })).data;
assert.equal(put.extendedProperties, undefined);

// Listing: pages, tokens, what is forbidden beside them, what is deleted.
for (let i = 10; i < 17; i++) await api.events.insert({ ...base, requestBody: event('abcde000' + i, { summary: 'n' + i }) });
const list = { calendarId: own.id, showDeleted: true, maxResults: 3 };
const items = [];
let page, token;
do {
  const { data } = await api.events.list({ ...list, pageToken: page });
  assert.ok(data.items.length <= 3);
  assert.ok(!data.nextPageToken !== !data.nextSyncToken, 'one of the two tokens');
  items.push(...data.items);
  [page, token] = [data.nextPageToken, data.nextSyncToken];
} while (page);
assert.equal(items.length, 8);
let delta = (await api.events.list({ ...list, syncToken: token })).data;
assert.deepEqual(delta.items, []);
await api.events.delete({ ...base, eventId: made.id });
await refused(api.events.delete({ ...base, eventId: made.id }), 410, 'deleted');
await refused(api.events.delete({ ...base, eventId: 'never00000' }), 404, 'notFound');
assert.equal((await api.events.get({ calendarId: own.id, eventId: made.id })).data.status, 'cancelled');
await refused(api.events.insert({ ...base, requestBody: event(made.id) }), 409, 'duplicate');
await refused(api.events.patch({ ...base, eventId: made.id, requestBody: { status: 'confirmed' } }), 403, 'forbidden');
delta = (await api.events.list({ ...list, syncToken: token })).data;
assert.deepEqual(delta.items.map((e) => [e.id, e.status]), [[made.id, 'cancelled']]);
await refused(api.events.list({ ...list, syncToken: 'of-another-time' }), 410, 'fullSyncRequired');
assert.equal((await api.events.list({ calendarId: own.id })).data.items.length, 7);
assert.equal((await api.events.list({ calendarId: own.id, timeMin: '2026-11-27T09:15:00Z', timeMax: '2026-11-30T00:00:00Z' })).data.items.length, 0);
assert.equal((await api.events.list({ calendarId: own.id, timeMin: '2026-11-27T09:14:59Z', timeMax: '2026-11-27T09:15:30Z' })).data.items.length, 7);
assert.equal((await api.events.list({ calendarId: own.id, timeMin: '2026-11-27T08:00:00Z', timeMax: '2026-11-27T09:00:00Z' })).data.items.length, 0);

// Recurring events, expanded by the server.
const series = (await api.events.insert({ ...base, requestBody: {
  summary: 'Weekly', start: { dateTime: '2026-10-19T10:00:00', timeZone: 'Europe/Berlin' }, end: { dateTime: '2026-10-19T11:00:00', timeZone: 'Europe/Berlin' }, recurrence: ['RRULE:FREQ=WEEKLY;COUNT=3'],
} })).data;
const instances = (await api.events.list({ calendarId: own.id, singleEvents: true, timeMax: '2026-11-10T00:00:00Z' })).data.items;
assert.deepEqual(instances.map((e) => e.id), ['20261019T080000Z', '20261026T090000Z', '20261102T090000Z'].map((t) => series.id + '_' + t));
assert.ok(instances.every((e) => e.recurringEventId === series.id && e.iCalUID === series.iCalUID && !e.recurrence));
assert.equal((await api.events.instances({ calendarId: own.id, eventId: series.id })).data.items.length, 3);

// The access token ends; the client renews it. Then everything ends.
oauth.setCredentials({ refresh_token: tokens.refresh_token });
assert.equal((await api.events.get({ calendarId: own.id, eventId: series.id })).data.summary, 'Weekly');
await api.calendars.delete({ calendarId: own.id });
await refused(api.calendars.get({ calendarId: own.id }), 404, 'notFound');
await oauth.revokeToken(tokens.refresh_token);
oauth.setCredentials({ refresh_token: tokens.refresh_token });
await assert.rejects(oauth.getAccessToken(), /invalid_grant/);
console.log('all as documented');
