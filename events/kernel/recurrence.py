"""Recurrence rules (RFC 5545, 3.3.10), expanded in naive wall time.

Kepu accepts the part of the grammar that calendars agree on: FREQ DAILY, WEEKLY, MONTHLY or
YEARLY with INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH and, except for WEEKLY, BYSETPOS.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time

from dateutil.rrule import rrulestr

from events.kernel.errors import Refused

MOST = 730
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
PARTS = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
)
RANGES = {
    "INTERVAL": 1000,
    "COUNT": 100_000,
    "BYMONTHDAY": 31,
    "BYMONTH": 12,
    "BYSETPOS": 366,
}
_UNTIL = re.compile(r"^(\d{8})(T\d{6}Z?)?$")
SIGNED = frozenset({"BYMONTHDAY", "BYSETPOS"})
HORIZON_YEARS = 30  # nobody plans further; a rule that never matches ends here
LAST_YEAR = 9999
CYCLE_YEARS = 400  # after which the calendar repeats itself, weekdays and all
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class Rule:
    """A checked rule: its parts as written, upper case, in the order given."""

    parts: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Read "FREQ=WEEKLY;BYDAY=SA;COUNT=4". Raises Refused("rule_...", field="rrule")."""
        body = text.strip().upper().removeprefix("RRULE:")
        pairs = [part.partition("=") for part in body.split(";") if part]
        rule = cls(tuple((name, value) for name, _, value in pairs))
        rule._require_known()
        return rule

    def __str__(self) -> str:
        """The rule as RFC 5545 writes it, without the name."""
        return ";".join(f"{name}={value}" for name, value in self.parts)

    def get(self, name: str) -> str | None:
        """The value of one part, or None."""
        return dict(self.parts).get(name)

    @property
    def is_bounded(self) -> bool:
        """Whether COUNT or UNTIL ends it."""
        return self.get("COUNT") is not None or self.get("UNTIL") is not None

    def _require_known(self) -> None:
        names = [name for name, _ in self.parts]
        unknown = sorted(set(names) - PARTS)
        if unknown or len(names) != len(set(names)):
            raise Refused("rule_part_unknown", field="rrule", part=", ".join(unknown) or "2x")
        if self.get("FREQ") not in FREQUENCIES:
            raise Refused("rule_frequency_unknown", field="rrule", freq=self.get("FREQ") or "")
        if self.get("FREQ") == "WEEKLY" and self.get("BYSETPOS"):
            raise Refused("rule_read_differently", field="rrule", part="BYSETPOS")
        if self.get("COUNT") and self.get("UNTIL"):
            raise Refused("rule_two_ends", field="rrule")
        for name, value in self.parts:
            _require_in_range(name, value)


def _require_in_range(name: str, value: str) -> None:
    most = RANGES.get(name)
    if most is None:
        return
    if name in {"COUNT", "INTERVAL"} and "," in value:
        raise _unreadable(f"{name}={value}")
    for number in value.split(","):
        sign = number.removeprefix("-") if name in SIGNED else number
        if not (sign.isascii() and sign.isdigit() and 1 <= int(sign[:9]) <= most):
            raise _unreadable(f"{name}={value}")


def expand(
    rule: Rule, start: datetime, *, until: datetime | None = None, most: int = MOST
) -> list[datetime]:
    """Starts of `rule` counted from `start`, ascending, at most `most`.

    start: naive wall time, the first that may occur; until: naive wall time, exclusive.
    Raises Refused("rule_endless") when neither COUNT, UNTIL nor `until` bounds it,
    Refused("rule_unreadable") when a value is not RFC 5545's, and Refused("rule_too_many").
    """
    if until is None and not rule.is_bounded:
        raise Refused("rule_endless", field="rrule")
    count = rule.get("COUNT")
    wanted = int(count) if count else None
    found: list[datetime] = []
    for moment in _moments(rule, start):
        if (until is not None and moment >= until) or len(found) == wanted:
            break
        if len(found) == most:
            raise Refused("rule_too_many", field="rrule", most=most)
        found.append(moment)
    return found


def _moments(rule: Rule, start: datetime) -> Iterator[datetime]:
    """Every start up to the rule's own end, or for HORIZON_YEARS; COUNT is the caller's.

    The library looks at UNTIL only when something matches, and else goes on to the year 9999. So it
    is asked about the same days as late in time as whole cycles of the calendar allow.
    """
    if start.year > LAST_YEAR - HORIZON_YEARS:
        raise _unreadable(f"DTSTART={start:%Y%m%d}")
    last = start.replace(year=start.year + HORIZON_YEARS, month=1, day=1)
    until = rule.get("UNTIL")
    if until is not None:
        last = min(last, _wall_time(until, start))
    later = (LAST_YEAR - HORIZON_YEARS - start.year) // CYCLE_YEARS * CYCLE_YEARS
    first, end = (each.replace(year=each.year + later) for each in (start, last))
    parts = [f"{n}={v}" for n, v in rule.parts if n not in {"COUNT", "UNTIL"}]
    try:
        for moment in rrulestr(f"{';'.join(parts)};UNTIL={end:%Y%m%dT%H%M%S}", dtstart=first):
            yield moment.replace(year=moment.year - later)
    except (ValueError, TypeError, AttributeError, LookupError, OverflowError) as fault:
        raise _unreadable(str(fault)) from fault


def _wall_time(until: str, start: datetime) -> datetime:
    """UNTIL as wall time: a date means the whole of that day."""
    match = _UNTIL.match(until)
    if match is None:
        raise _unreadable(f"UNTIL={until}")
    try:
        day = datetime.strptime(match[1], "%Y%m%d")  # noqa: DTZ007 - wall time
    except ValueError as fault:
        raise _unreadable(f"UNTIL={until}") from fault
    return datetime.combine(day, start.time() if match[2] else time.max)


def _unreadable(why: str) -> Refused:
    return Refused("rule_unreadable", field="rrule", why=why)
