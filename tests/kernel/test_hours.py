from __future__ import annotations

from datetime import datetime

import pytest

from events.kernel.errors import Refused
from events.kernel.hours import Hours


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2025, 9, day, hour, minute)


def test_a_span_inside_opening_hours_is_held() -> None:
    assert Hours.parse("Tu-Su 09:00-17:00").holds(at(2, 9), at(2, 17))


@pytest.mark.parametrize(
    ("start", "end"),
    [(at(1, 10), at(1, 11)), (at(2, 8, 59), at(2, 10)), (at(2, 16), at(2, 17, 1))],
    ids=["closed day", "too early", "too late"],
)
def test_a_span_outside_opening_hours_is_not(start: datetime, end: datetime) -> None:
    assert not Hours.parse("Tu-Su 09:00-17:00").holds(start, end)


def test_two_openings_of_one_day_do_not_join() -> None:
    hours = Hours.parse("Mo 09:00-12:00;Mo 14:00-17:00")
    assert not hours.holds(at(1, 11), at(1, 15))


def test_a_range_over_the_weekend_and_a_list_are_read() -> None:
    assert Hours.parse("Sa-Mo 08:00-09:00") == Hours.parse("Sa,Su,Mo 08:00-09:00")


def test_midnight_may_end_a_day() -> None:
    assert Hours.parse("Mo 18:00-24:00").holds(at(1, 20), at(2, 0))


@pytest.mark.parametrize("text", ["Mon 9-17", "Mo 17:00-09:00", "Mo 09:70-10:00", "Mo"])
def test_unreadable_hours_are_refused_with_the_part(text: str) -> None:
    with pytest.raises(Refused) as refused:
        Hours.parse(f"Tu 09:00-10:00;{text}")
    assert (refused.value.code, refused.value.facts) == ("hours_unreadable", {"part": text})
