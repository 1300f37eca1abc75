"""Rules and their starts as lines of JSON, for `flask recurrence expand`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from events.kernel.errors import Refused
from events.kernel.recurrence import Rule, instances

MOST = 100_000
_START = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?", re.ASCII)


class _Unusable(Exception):
    """A line that asks for nothing. code: what its answer says."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def answer(line: str | bytes) -> str:
    """The first n starts of {"rrule", "dtstart", "n"}, in dtstart's form, or {"refused": code}.

    Refuses what Rule.parse refuses; all is wall time. Never raises.
    """
    try:
        rule, start, number = _read(line)
        form, first = _start(start)
        found = _starts(Rule.parse(rule), first, form)
        return json.dumps(list(islice(found, number)))
    except (_Unusable, Refused) as fault:
        return json.dumps({"refused": fault.code})


def _read(line: str | bytes) -> tuple[str, str, int]:
    try:
        asked = json.loads(line)
        rule, start, number = asked["rrule"], asked["dtstart"], asked["n"]
    except (ValueError, TypeError, KeyError, RecursionError) as fault:
        raise _Unusable("line_unreadable") from fault
    if not isinstance(rule, str) or not isinstance(start, str) or type(number) is not int:
        raise _Unusable("line_unreadable")
    if not 0 <= number <= MOST:
        raise _Unusable("number_out_of_range")
    return rule, start, number


def _start(text: str) -> tuple[re.Match[str], datetime]:
    match = _START.fullmatch(text)
    try:
        if match:
            return match, datetime.fromisoformat(f"{match[1]}T{match[2] or '000000'}")
    except ValueError as fault:
        raise _Unusable("start_unreadable") from fault
    raise _Unusable("start_unreadable")


def _starts(rule: Rule, first: datetime, form: re.Match[str]) -> Iterator[str]:
    if form[2] is None:
        return (_basic(each)[:8] for each in instances(rule.of_days(), first))
    return (_basic(each) + form[3] for each in instances(rule, first))


def _basic(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("-", "").replace(":", "")
