"""The engine beside python-dateutil, and its windows beside its own walk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice, takewhile

from dateutil.rrule import rrulestr
from hypothesis import example, given, settings, strategies as st

from events.kernel.recurrence import DAYS, Rule, between, instances

# dateutil looks for an end only when something matches; so late, it comes to one soon
FIRST, LAST = datetime(9970, 1, 1), datetime(9998, 1, 1)
MOST = 60


def signed(most: int) -> st.SearchStrategy[int]:
    return st.integers(1, most) | st.integers(-most, -1)


def several(numbers: st.SearchStrategy[object]) -> st.SearchStrategy[str]:
    return st.lists(numbers, min_size=1, max_size=4).map(lambda some: ",".join(map(str, some)))


def optional(draw: st.DrawFn, name: str, values: st.SearchStrategy[object]) -> list[str]:
    return [f"{name}={draw(values)}"] if draw(st.integers(0, 2)) == 0 else []


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules of all frequencies, except what dateutil is known to read in its own way."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    months = optional(draw, "BYMONTH", several(st.integers(1, 12)))
    month_days = [] if frequency == "YEARLY" and not months else ["BYMONTHDAY"]
    numbered = frequency in {"MONTHLY", "YEARLY"} and draw(st.booleans())
    number = st.sampled_from(["1", "+2", "4", "5", "-1", "-3"]) if numbered else st.just("")
    weekdays = st.builds("{}{}".format, number, st.sampled_from(DAYS))
    return ";".join(
        [
            f"FREQ={frequency}",
            *optional(draw, "INTERVAL", st.integers(1, 9) | st.integers(10, 500)),
            *optional(draw, "WKST", st.sampled_from(DAYS)),
            *months,
            *(part for name in month_days for part in optional(draw, name, several(signed(31)))),
            *optional(draw, "BYYEARDAY", several(signed(366))),
            *optional(draw, "BYDAY", several(weekdays)),
            *optional(draw, "BYHOUR", several(st.integers(0, 23))),
            *optional(draw, "BYMINUTE", several(st.integers(0, 59))),
            *optional(draw, "BYSECOND", several(st.integers(0, 59))),
            *(optional(draw, "BYSETPOS", several(signed(9))) if frequency != "WEEKLY" else ()),
            *optional(draw, "COUNT", st.integers(1, MOST)),
        ]
    )


starts = st.datetimes(FIRST, datetime(9990, 1, 1)).map(lambda start: start.replace(microsecond=0))


def by_dateutil(text: str, start: datetime) -> Iterator[datetime]:
    try:
        yield from rrulestr(text, dtstart=start)
    except (ValueError, OverflowError):
        return  # after the year 9999


@settings(max_examples=120, deadline=None)
@given(text=rules(), start=starts)
@example(text="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", start=datetime(9972, 2, 29))
@example(text="FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,TU", start=datetime(9980, 12, 31))
def test_every_rule_gives_what_dateutil_gives(text: str, start: datetime) -> None:
    ours = takewhile(lambda moment: moment < LAST, instances(Rule.parse(text), start))
    theirs = takewhile(lambda moment: moment < LAST, by_dateutil(text, start))
    assert list(islice(ours, MOST)) == list(islice(theirs, MOST))


@settings(max_examples=100, deadline=None)
@given(
    text=rules(),
    start=st.datetimes(datetime(1950, 1, 1), datetime(2040, 1, 1)),
    skipped=st.timedeltas(timedelta(days=-400), timedelta(days=9000)),
    length=st.timedeltas(timedelta(0), timedelta(days=1000)),
)
def test_a_window_holds_what_the_whole_walk_gives_there(
    text: str, start: datetime, skipped: timedelta, length: timedelta
) -> None:
    rule, after = Rule.parse(text), start + skipped
    before = after + length
    walked = takewhile(lambda moment: moment < before, instances(rule, start))
    expected = [moment for moment in walked if moment >= after]
    assert list(islice(between(rule, start, after, before), MOST)) == expected[:MOST]
