/* Prints the events of a calendar as libical reads them, a line of JSON each.
 * Fails on anything that libical marks as wrong, and on what breaks RFC 5546's
 * restrictions - but for the ORGANIZER that it wants of every published event:
 * followup's carry none on purpose, so that nobody is ever invited to them. */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void text(const char *key, const char *s)
{
    printf("\"%s\": \"", key);
    for (; s && *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < 0x20)
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    printf("\", ");
}

static void when(const char *key, struct icaltimetype t)
{
    char s[64];
    if (t.is_date) {
        snprintf(s, sizeof s, "%04d-%02d-%02d", t.year, t.month, t.day);
    } else if (!t.zone) {
        snprintf(s, sizeof s, "%04d-%02d-%02dT%02d:%02d:%02d", t.year, t.month, t.day, t.hour, t.minute, t.second);
    } else {
        t = icaltime_convert_to_zone(t, icaltimezone_get_utc_timezone());
        snprintf(s, sizeof s, "%04d-%02d-%02dT%02d:%02d:%02dZ", t.year, t.month, t.day, t.hour, t.minute, t.second);
    }
    text(key, s);
}

static int errors(icalcomponent *c, int depth)
{
    int n = 0;
    if (icalcomponent_count_properties(c, ICAL_XLICERROR_PROPERTY) > 0) {
        icalproperty *p = icalcomponent_get_first_property(c, ICAL_XLICERROR_PROPERTY);
        for (; p; p = icalcomponent_get_next_property(c, ICAL_XLICERROR_PROPERTY)) {
            const char *what = icalproperty_get_xlicerror(p);
            if (strstr(what, "iTIP restrictions for ORGANIZER"))
                continue;
            fprintf(stderr, "libical: %s\n", what);
            n++;
        }
    }
    icalcomponent *sub = icalcomponent_get_first_component(c, ICAL_ANY_COMPONENT);
    for (; sub && depth < 8; sub = icalcomponent_get_next_component(c, ICAL_ANY_COMPONENT))
        n += errors(sub, depth + 1);
    return n;
}

static const char *x_property(icalcomponent *c, const char *name)
{
    icalproperty *p = icalcomponent_get_first_property(c, ICAL_X_PROPERTY);
    for (; p; p = icalcomponent_get_next_property(c, ICAL_X_PROPERTY))
        if (!strcmp(icalproperty_get_x_name(p), name))
            return icalproperty_get_x(p);
    return "";
}

int main(int argc, char **argv)
{
    FILE *f = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (!f)
        return 2;
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    rewind(f);
    char *all = calloc(1, (size_t)size + 1);
    if (!all || fread(all, 1, (size_t)size, f) != (size_t)size)
        return 2;
    icalcomponent *calendar = icalparser_parse_string(all);
    if (!calendar) {
        fprintf(stderr, "libical: can't be parsed\n");
        return 1;
    }
    icalrestriction_check(calendar);
    int bad = errors(calendar, 0);
    icalcomponent *e = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
    for (; e; e = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
        printf("{");
        text("uid", icalcomponent_get_uid(e));
        when("start", icalcomponent_get_dtstart(e));
        when("end", icalcomponent_get_dtend(e));
        text("summary", icalcomponent_get_summary(e));
        text("description", icalcomponent_get_description(e));
        text("location", icalcomponent_get_location(e));
        text("key", x_property(e, "X-FOLLOWUP-KEY"));
        printf("\"alarms\": %d}\n", icalcomponent_count_components(e, ICAL_VALARM_COMPONENT));
    }
    return bad > 0;
}
