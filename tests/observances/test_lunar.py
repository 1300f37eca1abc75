"""The own table against lunar-python, another computation by other people, over 1950-2100."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import lunar_python
import pytest
from hypothesis import given, strategies as st

from events.observances import lunar
from events.observances.lunar import TERMS, LunarDate, gregorian, month_length, term
from events.observances.lunar_table import FIRST_YEAR

YEARS = range(1950, 2101)
PEER: Any = lunar_python  # untyped

# Two dates on which the computations part. Both instants lie within two minutes of midnight, and
# how much the Earth will have lost by then (delta T) decides on which side.
# New moon of 2097: 184 s of terrestrial time after midnight (JPL DE405). Delta T is forecast at
# 92-125 s, so the month begins on 8 August; only the older forecast of 197 s gives the 7th.
NEW_MOON_2097 = {(2097, 7, False): (date(2097, 8, 8), date(2097, 8, 7))}
# Spring equinox of 2084: 116 s of terrestrial time after midnight (JPL DE405). Delta T is forecast
# at 86-112 s, so 20 March; the older forecast of 166 s gives the 19th.
EQUINOX_2084 = {(2084, "春分"): (date(2084, 3, 20), date(2084, 3, 19))}

days = st.dates(date(1950, 2, 17), date(2101, 1, 28))


def peer_months() -> Iterator[tuple[tuple[int, int, bool], date]]:
    for year in YEARS:
        for month in PEER.LunarYear.fromYear(year).getMonthsInYear():
            number = month.getMonth()
            first = PEER.Lunar.fromYmd(year, number, 1).getSolar()
            yield (year, abs(number), number < 0), date.fromisoformat(first.toYmd())


def peer_terms() -> Iterator[tuple[tuple[int, str], date]]:
    chinese = {name: name for name, _ in TERMS} | {"DONG_ZHI": "冬至"}  # 冬至 is the year before's
    for year in YEARS:
        for name, instant in PEER.Lunar.fromYmd(year, 6, 1).getJieQiTable().items():
            if name in chinese and instant.getYear() == year:
                yield (year, chinese[name]), date.fromisoformat(instant.toYmd())


def test_every_month_begins_on_the_peers_day_but_one() -> None:
    peer = dict(peer_months())
    own = {(year, month, leap): gregorian(year, month, 1, leap=leap) for year, month, leap in peer}
    assert len(peer) == 1867  # 151 years of 12 months, and 55 leap months
    assert {key: (own[key], peer[key]) for key in peer if own[key] != peer[key]} == NEW_MOON_2097


def test_every_term_falls_on_the_peers_day_but_one() -> None:
    peer = dict(peer_terms())
    own = {(year, name): term(year, name) for year, name in peer}
    assert len(peer) == len(YEARS) * 24
    assert {key: (own[key], peer[key]) for key in peer if own[key] != peer[key]} == EQUINOX_2084


def test_months_follow_each_other_without_a_gap() -> None:
    first = next_day = gregorian(FIRST_YEAR, 1, 1)
    while next_day <= date(2101, 1, 28):
        told = lunar.lunar(next_day)
        assert told.day == 1
        next_day += timedelta(days=month_length(told.year, told.month, leap=told.is_leap))
    assert (first, next_day) == (date(1929, 2, 10), date(2101, 1, 29))


@given(days)
def test_there_and_back_is_the_same_day(day: date) -> None:
    told = lunar.lunar(day)
    assert gregorian(told.year, told.month, told.day, leap=told.is_leap) == day


@given(days)
def test_the_next_day_is_one_later_or_the_first(day: date) -> None:
    today, tomorrow = lunar.lunar(day), lunar.lunar(min(day + timedelta(1), date(2101, 1, 28)))
    assert tomorrow.day in {today.day + 1, 1} or day == date(2101, 1, 28)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2025, 1, 28), LunarDate(year=2024, month=12, day=29)),
        (date(2025, 1, 29), LunarDate(year=2025, month=1, day=1)),
        (date(2025, 7, 25), LunarDate(year=2025, month=6, day=1, is_leap=True)),
        (date(2033, 12, 22), LunarDate(year=2033, month=11, day=1, is_leap=True)),
        (date(2034, 2, 19), LunarDate(year=2034, month=1, day=1)),
        (date(2101, 1, 28), LunarDate(year=2100, month=12, day=29)),
    ],
)
def test_days_that_calendars_got_wrong(day: date, told: LunarDate) -> None:
    assert lunar.lunar(day) == told


def test_terms_answer_to_chinese_and_to_pinyin() -> None:
    assert [term(2026, chinese) for chinese, _ in TERMS] == [term(2026, py) for _, py in TERMS]
    assert len({name for names in TERMS for name in names}) == 48
    assert term(2021, "冬至") == date(2021, 12, 21)  # 43 s before midnight


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="year 2101 is outside the lunar table 1929-2100"):
        gregorian(2101, 1, 1)
    with pytest.raises(ValueError, match="there is no leap month 5 in lunar year 2025"):
        gregorian(2025, 5, 1, leap=True)
    with pytest.raises(ValueError, match="there is no month 13 in lunar year 2025"):
        gregorian(2025, 13, 1)
    with pytest.raises(ValueError, match="month 12 in lunar year 2025 has days 1-29, not 30"):
        gregorian(2025, 12, 30)
    with pytest.raises(ValueError, match="2101-01-29 is outside the lunar years 1929-2100"):
        lunar.lunar(date(2101, 1, 29))
    with pytest.raises(ValueError, match="1929-02-09 is outside"):
        lunar.lunar(date(1929, 2, 9))
    with pytest.raises(ValueError, match="'中秋' is none of the 24 solar terms"):
        term(2026, "中秋")
    with pytest.raises(ValueError, match="year 1928 is outside"):
        term(1928, "春分")
