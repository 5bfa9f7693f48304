"""Tells whether two lists of events, a line of JSON each, say the same."""
import json
import sys


def read(name):
    events = [json.loads(line) for line in open(name, encoding="utf-8") if line.strip()]
    return sorted(events, key=lambda e: (e["uid"], e["start"]))


def undone(value):
    """Python's icalendar 4 undoes these four escapes of URLs in any text."""
    if isinstance(value, str):
        for code, char in (("%2C", ","), ("%3A", ":"), ("%3B", ";"), ("%5C", "\\")):
            value = value.replace(code, char)
    return value


def around(a, b):
    """Where two values begin to differ, and what is there."""
    a, b = str(a), str(b)
    at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return "%r, want %r (from character %d on)" % (a[at:at + 60], b[at:at + 60], at)


want, got = read(sys.argv[1]), read(sys.argv[2])
if len(want) != len(got):
    print("%d events, want %d" % (len(got), len(want)))
    sys.exit(1)
different = False
for w, g in zip(want, got):
    for key in w:
        if undone(w[key]) != undone(g.get(key)):
            print("%s: %s is %s" % (w["uid"], key, around(g.get(key), w[key])))
            different = True
sys.exit(different)
