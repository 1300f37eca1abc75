"""The Chinese lunar calendar and the 24 solar terms, 1929-2100, by GB/T 33661-2017.

Reads lunar_table.py. An instant within seconds of midnight hangs on how the Earth will turn:
the month of 2097-08-08 and 春分 of 2084-03-20 may yet be promulgated one day earlier.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from events.observances.lunar_table import FIRST_YEAR, LAST_YEAR, ROWS

TERMS = (
    ("小寒", "xiaohan"),
    ("大寒", "dahan"),
    ("立春", "lichun"),
    ("雨水", "yushui"),
    ("惊蛰", "jingzhe"),
    ("春分", "chunfen"),
    ("清明", "qingming"),
    ("谷雨", "guyu"),
    ("立夏", "lixia"),
    ("小满", "xiaoman"),
    ("芒种", "mangzhong"),
    ("夏至", "xiazhi"),
    ("小暑", "xiaoshu"),
    ("大暑", "dashu"),
    ("立秋", "liqiu"),
    ("处暑", "chushu"),
    ("白露", "bailu"),
    ("秋分", "qiufen"),
    ("寒露", "hanlu"),
    ("霜降", "shuangjiang"),
    ("立冬", "lidong"),
    ("小雪", "xiaoxue"),
    ("大雪", "daxue"),
    ("冬至", "dongzhi"),
)
_TERM_INDEX = {name: index for index, names in enumerate(TERMS) for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class LunarDate:
    """A day of the lunar calendar; `year` is the Gregorian year in which the lunar year began."""

    year: int
    month: int
    day: int
    is_leap: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Month:
    number: int
    is_leap: bool
    starts_on: date
    length: int


def gregorian(lunar_year: int, month: int, day: int, *, leap: bool = False) -> date:
    """Day of a lunar date; months 11 and 12 mostly end in January or February of the next year.

    Raises ValueError outside 1929-2100, and when the year has no such month or day.
    """
    found = _month(lunar_year, month, leap=leap)
    if not 1 <= day <= found.length:
        raise ValueError(
            f"{_name(lunar_year, month, leap=leap)} has days 1-{found.length}, not {day}"
        )
    return found.starts_on + timedelta(days=day - 1)


def lunar(day: date) -> LunarDate:
    """Lunar date of a day from 1929-02-10 to 2101-01-28; ValueError outside."""
    for year in (day.year, day.year - 1):
        for month in _months(year) if FIRST_YEAR <= year <= LAST_YEAR else ():
            past = (day - month.starts_on).days
            if 0 <= past < month.length:
                return LunarDate(year=year, month=month.number, day=past + 1, is_leap=month.is_leap)
    raise ValueError(f"{day} is outside the lunar years {FIRST_YEAR}-{LAST_YEAR}")


def month_length(lunar_year: int, month: int, *, leap: bool = False) -> int:
    """29 or 30 days; raises ValueError as `gregorian` does."""
    return _month(lunar_year, month, leap=leap).length


def term(year: int, name: str) -> date:
    """Day of a solar term in a Gregorian year, in China Standard Time.

    name: Chinese or pinyin, one of TERMS ("秋分", "qiufen").
    Raises ValueError outside 1929-2100 and for another name.
    """
    if name not in _TERM_INDEX:
        raise ValueError(f"{name!r} is none of the 24 solar terms")
    index = _TERM_INDEX[name]
    return date(year, index // 2 + 1, int(_row(year)[4][index], 36))


def _month(year: int, number: int, *, leap: bool) -> _Month:
    for month in _months(year):
        if (month.number, month.is_leap) == (number, leap):
            return month
    raise ValueError(f"there is no {_name(year, number, leap=leap)}")


@cache
def _months(year: int) -> tuple[_Month, ...]:
    return tuple(_read_months(year))


def _read_months(year: int) -> Iterator[_Month]:
    _, new_year, leap, lengths, _ = _row(year)
    leap_month, bits = int(leap, 16), int(lengths, 16)
    starts_on = date(year, int(new_year[:2]), int(new_year[2:]))
    for place in range(13 if leap_month else 12):
        number = place if 0 < leap_month <= place else place + 1
        length = 29 + (bits >> place & 1)
        yield _Month(
            number=number,
            is_leap=0 < leap_month == place,
            starts_on=starts_on,
            length=length,
        )
        starts_on += timedelta(days=length)


def _row(year: int) -> list[str]:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"year {year} is outside the lunar table {FIRST_YEAR}-{LAST_YEAR}")
    return _rows()[year - FIRST_YEAR]


@cache
def _rows() -> list[list[str]]:
    return [line.split() for line in ROWS.splitlines()]


def _name(year: int, month: int, *, leap: bool) -> str:
    return f"{'leap ' if leap else ''}month {month} in lunar year {year}"
