# /// script
# requires-python = ">=3.11"
# dependencies = ["astronomy-engine==2.1.19"]
# ///
"""Compute `events/observances/lunar_table.py` from the positions of Sun and Moon.

Run `python bench/make_lunar_table.py > events/observances/lunar_table.py` (10 s) where the one
package named above is installed; `--close` lists instead what falls near a midnight, where the
date hangs on a few seconds. The rules are those of GB/T 33661-2017: a month begins on the day of
the new moon; the month of the winter solstice is the 11th; of thirteen months from one 11th to
the next, the first without a principal term is the leap month.
"""

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from importlib import import_module
from itertools import pairwise
from math import floor
from typing import NamedTuple

astronomy = import_module("astronomy")  # no type stubs

FIRST, LAST = 1929, 2100  # before 1929 the calendar was reckoned by Beijing mean solar time
J2000 = date(2000, 1, 1)  # astronomy counts days from noon of this day
YEAR, MONTH = 365.242190, 29.530588861
SUN_SPEED, ELONGATION_SPEED = 360 / YEAR, 360 / MONTH
BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
ZONE = 8 / 24  # China Standard Time, in days
CLOSE_S = 180

HEAD = '''"""Lunar years and solar terms {first}-{last}; made by bench/make_lunar_table.py.

A row: year; Chinese New Year as MMDD; leap month in hex (0 none); month lengths as 13 bits in hex,
the first month the lowest bit, 1 for 30 days and 0 for 29; the days of the 24 solar terms, two in
each Gregorian month from January on, each one digit in base 36. China Standard Time.
"""

FIRST_YEAR, LAST_YEAR = {first}, {last}

ROWS = """\\'''


class Month(NamedTuple):
    """A lunar month: the lunar year and number that it bears, and its first day."""

    year: int
    number: int
    is_leap: bool
    start: int  # days since J2000


def main() -> None:
    """Write the table, or with --close the instants near midnight, to standard output."""
    if "--close" in sys.argv:
        for line in _close_calls():
            print(line)
        return
    print(HEAD.format(first=FIRST, last=LAST))
    months = list(_months())
    for year in range(FIRST, LAST + 1):
        print(_row(year, months))
    print('"""')


def _row(year: int, months: list[Month]) -> str:
    own = [number for number, month in enumerate(months) if month.year == year]
    leap = next((months[number].number for number in own if months[number].is_leap), 0)
    bits = sum(
        (months[number + 1].start - months[number].start - 29) << place
        for place, number in enumerate(own)
    )
    terms = "".join(BASE36[_date(_day(_term(year, index))).day] for index in range(24))
    return f"{year} {_date(months[own[0]].start):%m%d} {leap:x} {bits:04x} {terms}"


def _months() -> Iterator[Month]:
    """All months from the 11th of the year before FIRST to the 10th after LAST, or a leap 10th."""
    moons = [_day(moon) for moon in _new_moons()]
    principal = [
        _day(_term(year, index)) for year in range(FIRST - 1, LAST + 2) for index in range(1, 24, 2)
    ]
    solstices = [_day(_term(year, 23)) for year in range(FIRST - 1, LAST + 2)]
    elevenths = [bisect_right(moons, solstice) - 1 for solstice in solstices]
    for year, (here, there) in enumerate(pairwise(elevenths), FIRST):
        yield from _number(year, moons[here : there + 1], principal)


def _number(year: int, starts: list[int], principal: list[int]) -> Iterator[Month]:
    """Months from an 11th to the next (`starts` ends with that one), which is in lunar `year`."""
    may_leap = len(starts) - 1 == 13
    number, lunar_year = 10, year - 1
    for start, end in pairwise(starts):
        is_leap = may_leap and bisect_left(principal, start) == bisect_left(principal, end)
        if is_leap:
            may_leap = False
        else:
            number = number % 12 + 1
            lunar_year = year if number == 1 else lunar_year
        yield Month(lunar_year, number, is_leap, start)


def _new_moons() -> Iterator[float]:
    first = floor((date(FIRST - 1, 11, 1) - J2000).days / MONTH)
    last = floor((date(LAST + 2, 2, 1) - J2000).days / MONTH)
    for number in range(first, last):
        yield _solve(_elongation, 5.1 + MONTH * number, ELONGATION_SPEED)


def _term(year: int, index: int) -> float:
    """Instant of a year's solar term, 0 (5 January, 285 degrees) to 23 (21 December)."""
    guess = (date(year, 1, 5) - J2000).days + index * YEAR / 24
    longitude = 285 + 15 * index
    return _solve(lambda tt: _sun(tt) - longitude, guess, SUN_SPEED)


def _solve(angle: Callable[[float], float], guess: float, speed: float) -> float:
    """Terrestrial time near `guess`, in days since J2000, at which `angle` is 0 degrees."""
    step = 1.0
    while abs(step) > 1e-7:
        step = ((angle(guess) + 180) % 360 - 180) / speed
        guess -= step
    return guess


def _elongation(tt: float) -> float:
    """Apparent longitude of the Moon less the Sun's.

    Not astronomy.SearchMoonPhase: it leaves out aberration, and is half a minute late.
    """
    moon = astronomy.EclipticGeoMoon(astronomy.Time.FromTerrestrialTime(tt))
    return float(moon.lon) - _sun(tt)


def _sun(tt: float) -> float:
    return float(astronomy.SunPosition(astronomy.Time.FromTerrestrialTime(tt)).elon)


def _day(tt: float) -> int:
    """Civil day in China of an instant, in days since J2000."""
    return floor(_local(tt))


def _local(tt: float) -> float:
    year = 2000 + tt / YEAR
    return tt - _delta_t(year, tt) / 86400 + 0.5 + ZONE


def _delta_t(year: float, tt: float) -> float:
    """Seconds of terrestrial time less universal time.

    The library's polynomials (Espenak and Meeus 2006) up to 2005; later those of Espenak 2014,
    https://eclipsewise.com/help/deltatpoly2014.html: the old ones are already 6 s off in 2026.
    """
    if year < 2005:
        return (tt - float(astronomy.Time.FromTerrestrialTime(tt).ut)) * 86400
    if year < 2015:
        return 64.69 + 0.2930 * (year - 2005)
    return 67.62 + 0.3645 * (year - 2015) + 0.0039755 * (year - 2015) ** 2


def _date(day: int) -> date:
    return J2000 + timedelta(days=day)


def _close_calls() -> Iterator[str]:
    terms = (_term(year, index) for year in range(FIRST, LAST + 1) for index in range(24))
    for what, instants in (("new moon", _new_moons()), ("term", terms)):
        for tt in instants:
            local = _local(tt)
            seconds = (local - round(local)) * 86400
            if abs(seconds) < CLOSE_S:
                delta_t = f"delta T {_delta_t(2000 + tt / YEAR, tt):.0f} s"
                yield f"{_date(_day(tt))} {what}: {seconds:+.0f} s of midnight, {delta_t}"


if __name__ == "__main__":
    main()
