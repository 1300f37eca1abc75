"""Rules and dates of one series into wall times, within bounds."""

from __future__ import annotations

import itertools
import re
from datetime import datetime, time, timedelta

from events.foreign.events import Event
from events.foreign.moments import moment, within
from events.foreign.problems import Unreadable, shown
from events.kernel import recurrence
from events.kernel.errors import Refused
from events.kernel.recurrence import Rule

MOST = 40_000
SECOND = timedelta(seconds=1)
_FLAGS = re.ASCII | re.IGNORECASE
_UNTIL = re.compile(r";?UNTIL=([^;]*)", _FLAGS)
_ODD = re.compile(r"^(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_NEGATIVE_COUNT = re.compile(r";?COUNT=-\d+(?=;|$)", _FLAGS)
_RSCALE = re.compile(r"(?:^|;)RSCALE=(?!GREGORIAN(?:;|$))", _FLAGS)
_SUB_DAILY = re.compile(r"FREQ=(?:SECONDLY|MINUTELY|HOURLY)", _FLAGS)


def starts(master: Event, since: datetime, until: datetime) -> set[datetime]:
    """Wall times of a series' starts in [since, until); DTSTART and RDATEs are among them.

    Raises Unreadable for a rule that cannot be followed, or gives more than MOST.
    """
    dates = {master.wall, *master.rdates}
    ends = [_end_of(rule, master) for rule in master.rules]
    last = max((end for end in ends if end is not None), default=None)
    if last is not None and last < master.wall:
        dates.discard(master.wall)
    found = {wall for wall in dates if since <= wall < until}
    for rule, end in zip(master.rules, ends, strict=True):
        found |= _expanded(rule, master, since, until, end)
        if len(found) > MOST:
            raise Unreadable("too_many_times", most=MOST)
    for rule in master.exrules:
        found -= _expanded(rule, master, since, until, _end_of(rule, master))
    return found


def _expanded(
    text: str, master: Event, since: datetime, until: datetime, end: datetime | None
) -> set[datetime]:
    last = min(until, end or until)
    try:
        rule = _rule(text, last, is_of_days=master.is_all_day)
        times = recurrence.between(rule, master.wall, since, within(last, SECOND))
        found = set(itertools.islice(times, MOST + 1))
    except Refused as fault:
        raise Unreadable("rule_not_followed", rule=shown(text), why=fault.code) from fault
    return {wall for wall in found if wall < until}


def _rule(text: str, last: datetime, *, is_of_days: bool) -> Rule:
    """The rule, ended at `last`: the engine need not look further for what never matches."""
    if _RSCALE.search(text):
        raise Unreadable("rule_other_calendar", rule=shown(text))
    if _SUB_DAILY.search(text):
        raise Unreadable("rule_sub_daily", rule=shown(text))
    parts = _NEGATIVE_COUNT.sub("", _UNTIL.sub("", text)).split(";")
    bare = ";".join(dict.fromkeys(part for part in parts if part))  # some say a part twice
    rule = Rule.parse_foreign(f"{bare};UNTIL={last.year:04d}{last:%m%dT%H%M%S}")
    return rule.of_days() if is_of_days else rule


def _end_of(rule: str, master: Event) -> datetime | None:
    """The last wall time that UNTIL allows; a date means the whole of that day."""
    found = _UNTIL.search(rule)
    if found is None or not found[1].strip():
        return None
    until = _ODD.sub(r"\1\2\3", found[1].strip())
    try:
        last = moment(until, None)
    except Unreadable:
        raise Unreadable("until_unreadable", value=shown(found[1])) from None
    if last.is_date or master.is_all_day:
        return datetime.combine(last.wall.date(), time.max)
    return last.wall if master.is_floating else last.wall_in(master.zone)
