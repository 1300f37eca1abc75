"""The traditional festivals and the solar terms that people keep, year by year, as days.

A year here is a round from Spring Festival on, numbered by the Gregorian year in which it begins:
laba, in the last month of the lunar year, mostly lies in January of the next Gregorian year, and
laba 2026 is 2027-01-15. So each has exactly one day for each year; a Gregorian year may hold two
days of laba, or none. The solar terms lie in the Gregorian year of their number.
"""

from collections.abc import Iterator
from datetime import date

from events.observances.lunar import gregorian, term

FESTIVALS = {
    "spring": (1, 1),
    "lantern": (1, 15),
    "longtaitou": (2, 2),
    "dragonboat": (5, 5),
    "qixi": (7, 7),
    "zhongyuan": (7, 15),
    "midautumn": (8, 15),
    "chongyang": (9, 9),
    "laba": (12, 8),
}
TERMS = {
    "qingming": "清明",
    "xiazhi": "夏至",
    "liqiu": "立秋",
    "harvest": "秋分",
    "dongzhi": "冬至",
}


def day(festival: str, year: int) -> date:
    """The day of one of FESTIVALS or TERMS; KeyError for another, ValueError out of 1929-2100."""
    if festival in TERMS:
        return term(year, TERMS[festival])
    month, number = FESTIVALS[festival]
    return gregorian(year, month, number)


def rows(first: int, last: int) -> Iterator[tuple[str, int, str]]:
    """(festival, year, date in ISO 8601) from year `first` to `last`, within a year by date."""
    for year in range(first, last + 1):
        days = [(day(name, year), name) for name in (*FESTIVALS, *TERMS)]
        yield from ((name, year, on.isoformat()) for on, name in sorted(days))
