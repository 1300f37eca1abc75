"""Workdays, rest days, statutory holidays and make-up workdays: what a day is.

A yearly notice names the holidays and the make-up workdays; all other days follow from the
weekday. Without a notice a year's holidays are not known (待公布): its days are only weekdays.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from events.observances.parsing import plain
from events.observances.states import DayKind, DayStatus

NAMES_EN = {
    "元旦": "New Year's Day",
    "春节": "Spring Festival",
    "清明节": "Qingming Festival",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-Autumn Festival",
    "国庆节": "National Day",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Special:
    """A day that its notice takes out of the week's round; `name` is the holiday's, in Chinese."""

    day: date
    kind: DayKind  # HOLIDAY or MAKEUP
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YearNotice:
    """The notice on one year's holidays; it may name days of the December before."""

    year: int
    source: str
    status: DayStatus
    days: tuple[Special, ...]


class Calendar:
    """What days are, by the notices it was made of. Of two notices on one day the later counts."""

    def __init__(self, notices: Iterable[YearNotice]) -> None:
        """notices: one a year, any order."""
        self.notices = {one.year: one for one in sorted(notices, key=lambda one: one.year)}
        self._special = {one.day: one for year in self.notices.values() for one in year.days}

    def kind(self, day: date) -> DayKind:
        """What `day` is."""
        special = self._special.get(day)
        if special is not None:
            return special.kind
        return DayKind.REST if day.weekday() > 4 else DayKind.WORKDAY

    def name(self, day: date, language: str = "zh") -> str:
        """Of a holiday its name, of a make-up workday that of the holiday it pays for, else ""."""
        special = self._special.get(day)
        if special is None or language == "zh":
            return special.name if special else ""
        return ", ".join(NAMES_EN.get(name, name) for name in special.name.split("、"))

    def is_free(self, day: date) -> bool:
        """Whether people who work Monday to Friday are off."""
        return self.kind(day) in {DayKind.REST, DayKind.HOLIDAY}

    def status(self, year: int) -> DayStatus | None:
        """How firm a year's holidays are; None: not announced (待公布)."""
        notice = self.notices.get(year)
        return notice.status if notice else None

    def is_official(self, year: int) -> bool:
        """Whether a year's holidays stand in an official notice."""
        return self.status(year) is DayStatus.OFFICIAL

    def unofficial(self, first: date, last: date) -> list[int]:
        """The years from `first` to `last` without an official notice, ascending."""
        years = range(first.year, last.year + 1)
        return [year for year in years if not self.is_official(year)]


@cache
def notices() -> dict[int, YearNotice]:
    """The notices on file (holidays.yaml), by year."""
    text = files(__package__).joinpath("holidays.yaml").read_text("utf-8")
    found = (_notice(**one) for one in plain(text))
    return {one.year: one for one in found}


def _notice(year: int, source: str, holidays: list[dict[str, Any]]) -> YearNotice:
    days = sorted(
        (special for one in holidays for special in _specials(**one)),
        key=lambda special: special.day,
    )
    return YearNotice(year=year, source=source, status=DayStatus.OFFICIAL, days=tuple(days))


def _specials(name: str, first: date, last: date, makeup: list[date]) -> Iterable[Special]:
    for number in range((last - first).days + 1):
        yield Special(day=first + timedelta(days=number), kind=DayKind.HOLIDAY, name=name)
    for day in makeup:
        yield Special(day=day, kind=DayKind.MAKEUP, name=name)
