"""What pages say of foreign calendars: what is wrong and what to do, and when. English msgids."""

from __future__ import annotations

from datetime import timedelta

from events.foreign.models import ForeignEntry
from events.foreign.problems import Problem, Unusable
from events.kernel import clock, wording
from events.kernel.texts import say


def _(message: str) -> str:
    """Mark `message` for translation."""
    return message


WHOLE = {
    "address_forbidden": _(
        "This address does not belong to a public server; Kepu asks no others. An operator can "
        "name your office's server in KEPU_CALENDAR_HOSTS."
    ),
    "address_unknown": _("There is no server called %(host)s. Check the address."),
    "address_unreadable": _(
        "This is no address of a calendar. It begins with https:// or webcal://."
    ),
    "address_with_password": _(
        "The address holds a user name or password. Use the calendar's own secret address instead."
    ),
    "calendar_not_read": _(
        "The calendar could not be read because of an error on our side. Tell your operator."
    ),
    "calendar_takes_too_long": _(
        "Reading this calendar takes too long. Ask its owner for a smaller one."
    ),
    "calendar_too_deep": _(
        "Parts of this file lie inside each other more than %(most)s deep; calendars do not."
    ),
    "calendar_too_large": _(
        "The calendar has more than %(most)s MB. Export fewer years of it, or without attachments."
    ),
    "calendar_too_many_events": _(
        "The calendar has %(most)s events or more. Export fewer years of it."
    ),
    "calendar_too_many_lines": _(
        "The calendar has more than %(most)s lines. Export fewer years of it."
    ),
    "calendar_too_many_times": _(
        "Its events take place more than %(most)s times in these days. Ask its owner for a smaller "
        "calendar."
    ),
    "calendar_too_many_zones": _(
        "The calendar describes more than %(most)s time zones. Export it again from its program."
    ),
    "not_a_calendar": _(
        "This is no calendar: it has no BEGIN:VCALENDAR. Choose an .ics file, or the address that "
        "the other calendar offers for subscribing."
    ),
    "server_broken": _("The server broke off in the middle. Kepu tries again later."),
    "server_certificate": _(
        "The certificate of %(host)s is not valid, so nobody knows who answers. Tell its operator."
    ),
    "server_gone": _("There is no calendar at this address any more. Ask its owner for a new one."),
    "server_private": _(
        "The server shows this calendar only to who signs in. Use the calendar's secret or public "
        "address."
    ),
    "server_redirects": _("The address leads from one to the next without end."),
    "server_refuses": _("The server refuses (%(status)s). Kepu tries again later."),
    "server_slow": _("%(host)s takes too long to answer. Kepu tries again later."),
    "server_unreachable": _("%(host)s cannot be reached. Kepu tries again later."),
}
TEXTS = {
    "date_unreadable": _("The date %(value)s in %(part)s cannot be read; it was passed over."),
    "end_missing": _("The event has no END; it was ended where the next one begins."),
    "end_unreadable": _(
        "The end or duration (%(value)s) cannot be read; the event was read without it. Correct "
        "its end."
    ),
    "ends_before_start": _("It ends before it starts; the two were exchanged. Correct the times."),
    "lasts_too_long": _("It lasts more than a hundred years. Correct its end."),
    "line_unreadable": _("A line of the event is not as it should be; it was passed over."),
    "other_calendar": _(
        "It is kept in the calendar %(scale)s; only Gregorian dates can be read. Enter its dates."
    ),
    "recurrence_id_unreadable": _(
        "It replaces a session (%(value)s) that cannot be read. Save it in its calendar again."
    ),
    "rule_not_followed": _(
        "The rule %(rule)s cannot be followed. Enter the dates, or a simpler rule."
    ),
    "rule_other_calendar": _(
        "The rule %(rule)s counts in another calendar, which programs read differently. Enter the "
        "dates."
    ),
    "rule_sub_daily": _(
        "The rule %(rule)s repeats several times a day. Enter one event for the whole time."
    ),
    "start_missing": _("It has no start (DTSTART). Give it one in its calendar."),
    "start_unreadable": _("The start %(value)s cannot be read. Correct it in its calendar."),
    "too_many_dates": _("It lists more than %(most)s dates. Use a rule, or several events."),
    "too_many_rules": _("It has more than %(most)s rules. Use several events."),
    "too_many_times": _("It takes place more than %(most)s times in these days. Give it an end."),
    "uid_missing": _("It has no UID; one was made from what it says."),
    "uid_repeated": _(
        "Another event has the same UID and is newer or stands first. Save it as a new event."
    ),
    "until_unreadable": _("The last date of its rule, %(value)s, cannot be read. Correct it."),
    "zone_blank": _("The time names an empty time zone; it was read as local time."),
    "zone_unknown": _(
        "Nobody knows the time zone %(zone)s; its times were read as local time. Check them."
    ),
}


def text(problem: Problem, language: str = "en") -> str:
    """The sentence of one problem."""
    return say(language, TEXTS[problem.code], **problem.facts)


def refusal(fault: Unusable, language: str = "en") -> str:
    """The sentence for a calendar that is refused whole."""
    return say(language, WHOLE[fault.code], **fault.facts)


def when(entry: ForeignEntry, language: str = "en") -> str:
    """From when to when something takes place; of whole days only the days."""
    starts, ends = (
        clock.to_local(at, entry.calendar.tz) for at in (entry.starts_at, entry.ends_at)
    )
    if entry.is_all_day:
        return wording.days(starts.date(), (ends - timedelta(days=1)).date(), language)
    return wording.span(starts, ends, language)
