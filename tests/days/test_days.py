from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from events import observances
from events.days import queries, services
from events.kernel.db import transaction
from events.observances import Status, daytypes
from events.observances.daytypes import Special, YearNotice
from events.observances.states import DayKind, DayStatus

ONE = pytest.mark.parametrize("engine", ["sqlite"])
NOW = datetime(2026, 11, 22, tzinfo=UTC)
WEEK = "science-technology-week"


def notice(year: int = 2027, status: DayStatus = DayStatus.OFFICIAL) -> YearNotice:
    return YearNotice(
        year=year,
        source="国办发明电〔2026〕1号",
        status=status,
        days=(
            Special(day=date(year - 1, 12, 31), kind=DayKind.HOLIDAY, name="元旦"),
            Special(day=date(year, 1, 1), kind=DayKind.HOLIDAY, name="元旦"),
            Special(day=date(year, 1, 9), kind=DayKind.MAKEUP, name="元旦"),
        ),
    )


def test_what_is_entered_counts_beside_what_is_on_file(app: Flask) -> None:
    with transaction():
        services.save_notice(notice())
    calendar = queries.day_types(date(2026, 1, 1), date(2027, 12, 31))
    assert calendar.notices[2027] == notice()
    assert calendar.notices[2026] == daytypes.notices()[2026]
    assert calendar.kind(date(2026, 12, 31)) is DayKind.HOLIDAY
    assert queries.day_types(date(2026, 1, 1), date(2026, 12, 31)).kind(date(2026, 12, 31)) is (
        DayKind.HOLIDAY
    )


@ONE
def test_what_is_entered_stands_in_for_a_whole_year_until_it_is_removed(app: Flask) -> None:
    with transaction():
        services.save_notice(notice(2026, DayStatus.PROVISIONAL))
        services.save_notice(notice(2026, DayStatus.PROVISIONAL))
    calendar = queries.years(2026, 2026)
    assert calendar.kind(date(2026, 10, 1)) is DayKind.WORKDAY
    assert calendar.status(2026) is DayStatus.PROVISIONAL
    with transaction():
        services.remove_notice(2026)
    assert queries.years(2026, 2026).kind(date(2026, 10, 1)) is DayKind.HOLIDAY


def test_entered_dates_come_before_those_on_file_and_the_placeholder(app: Flask) -> None:
    before = observances.occurrence(observances.get(WEEK), 2027)
    assert before is not None
    assert before.status is Status.PROVISIONAL
    for day in (22, 23):
        with transaction():
            services.announce(
                WEEK,
                2027,
                starts_on=date(2027, 5, day),
                ends_on=date(2027, 5, 30),
                status=Status.CONFIRMED,
                source="国科发才〔2027〕1号",
                now=NOW,
            )
    announced = queries.announced(2027, 2027)
    after = observances.occurrence(observances.get(WEEK), 2027, announced)
    assert after is not None
    assert (after.start, after.end, after.status) == (
        date(2027, 5, 23),
        date(2027, 5, 30),
        Status.CONFIRMED,
    )
    assert announced[WEEK, 2027].sequence == 2
    assert announced[WEEK, 2027].changed_at == NOW
    assert queries.announced(2025, 2026) == {}


@ONE
def test_a_derived_day_follows_the_entered_dates_of_its_base(app: Flask) -> None:
    derived = next(one for one in observances.load() if one.derived_from)
    base = derived.derived_from
    assert base is not None
    for status, is_derived in ((Status.PROVISIONAL, False), (Status.CONFIRMED, True)):
        with transaction():
            services.announce(
                base.id,
                2028,
                starts_on=date(2028, 6, 5),
                ends_on=date(2028, 6, 11),
                status=status,
                source="",
                now=NOW,
            )
        found = observances.occurrence(derived, 2028, queries.announced(2028, 2028))
        is_confirmed = found is not None and found.status is Status.CONFIRMED
        assert is_confirmed is is_derived
