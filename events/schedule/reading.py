"""Recurrence read from words, as words.py writes them: "每周六 09:00–11:00，共 4 次".

Exact, with a little patience in Chinese: commas and spaces as they come, 星期六 for 周六.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time

from events.kernel import wording
from events.kernel.errors import Refused
from events.kernel.recurrence import DAYS, Rule
from events.schedule.states import DayChoice
from events.schedule.words import (
    KINDS,
    LAST_DAY,
    ONE_OF_KINDS,
    ORDINALS,
    WEEKDAYS,
    Spoken,
    month_name,
)

_MONTHS = {month_name(number): number for number in range(1, 13)}
_SHORT_MONTHS = {name[:3]: number for name, number in _MONTHS.items()}
_TIMES = re.compile(r"(.+?) ?(\d\d):(\d\d)[–-](\d\d):(\d\d)", re.ASCII)
_DAYS = {
    "zh": {
        "DAILY": r"每(?P<n>\d+)?天",
        "WEEKLY": r"每(?:(?P<n>\d+)周的)?(?P<days>周.+)",
        "MONTHLY": r"每(?:(?P<n>\d+)个月的|月)(?P<days>.+)",
        "YEARLY": r"每(?:(?P<n>\d+)年的|年)(?P<month>\d+)月(?P<days>.+)",
    },
    "en": {
        "DAILY": r"Every (?:day|(?P<n>\d+) days)",
        "MONTHLY": r"Every (?:month|(?P<n>\d+) months) on (?P<days>.+)",
        "YEARLY": r"Every (?:year|(?P<n>\d+) years) on (?P<days>.+?) (?:of )?(?P<month>[A-Z]\w+)",
        "WEEKLY": r"Every (?:(?P<n>\d+) weeks on )?(?P<days>[A-Z].+)",
    },
}
_TAILS = {
    "zh": {
        "count": r"共 ?(\d+) ?次",
        "until": r"至(.+)",
        "open": r"(长期举行)",
        "skip": r"避开(.+)",
        "move": r"遇(.+)顺延",
        "usual": r"(补班日照常)",
        "without": r"(.+)除外",
        "also": r"另加(.+)",
    },
    "en": {
        "once": r"(once)",
        "count": r"(\d+) times",
        "until": r"until (.+)",
        "open": r"(with no end date)",
        "skip": r"except on (.+)",
        "move": r"moved to the next possible day if on (.+)",
        "usual": r"(make-up workdays as usual)",
        "without": r"except (.+)",
        "also": r"and also (.+)",
    },
}
_BETWEEN = {"zh": r"、|和|或", "en": r", | and | or "}
_DATE = {
    "zh": re.compile(r"(?P<year>\d{4})年(?P<month>\d+)月(?P<day>\d+)日 .+", re.ASCII),
    "en": re.compile(r"\w+ (?P<day>\d+) (?P<month>\w+) (?P<year>\d{4})", re.ASCII),
}


def read(text: str, language: str) -> Spoken:
    """What the words say. language: zh or en. Raises Refused("words_unreadable")."""
    try:
        head, *tails = _parts(text, language)
        found = _Found(language)
        match = _TIMES.fullmatch(head)
        if match:
            hour, minute, last_hour, last_minute = (int(part) for part in match.groups()[1:])
            found.starts, found.ends = time(hour, minute), time(last_hour % 24, last_minute)
        found.read_days(match[1] if match else head)
        for tail in tails:
            found.read_tail(tail)
        return found.spoken()
    except (Refused, ValueError, LookupError) as fault:
        raise Refused("words_unreadable", field="words", words=text) from fault


@dataclass
class _Found:
    """What has been read so far. Its verbs raise ValueError or LookupError."""

    language: str
    starts: time | None = None
    ends: time | None = None
    days: list[str] = field(default_factory=list)
    end: str = ""
    choices: list[DayChoice] = field(default_factory=lambda: [DayChoice.KEEP] * 3)
    exdates: list[date] = field(default_factory=list)
    rdates: list[datetime] = field(default_factory=list)

    def spoken(self) -> Spoken:
        rule = Rule.parse(";".join([*self.days, *([self.end] if self.end else [])]))
        rest, holiday, makeup = self.choices
        return Spoken(
            rule=rule,
            starts=self.starts,
            ends=self.ends,
            choices=(rest, holiday, makeup),
            exdates=tuple(self.exdates),
            rdates=tuple(self.rdates),
        )

    def read_days(self, text: str) -> None:
        frequency, match = _first_match(_DAYS[self.language], text)
        said = match.groupdict()
        self.days.append(f"FREQ={frequency}")
        if said["n"]:
            self.days.append(f"INTERVAL={int(said['n'])}")
        if said.get("month"):
            number = _MONTHS[said["month"]] if self.language == "en" else int(said["month"])
            self.days.append(f"BYMONTH={number}")
        if frequency == "WEEKLY":
            self.days.append(f"BYDAY={','.join(self._weekdays(said['days']))}")
        elif frequency != "DAILY":
            self.days.append(self._days_of_month(said["days"]))

    def read_tail(self, text: str) -> None:
        kind, match = _first_match(_TAILS[self.language], text)
        said = match[1]
        if kind in {"once", "count"}:
            self.end = "COUNT=1" if kind == "once" else f"COUNT={int(said)}"
        elif kind == "until":
            self.end = f"UNTIL={self._date(said):%Y%m%d}"
        elif kind in {"skip", "move"}:
            names = KINDS if kind == "skip" else ONE_OF_KINDS
            for each in self._split(said):
                index = names[self.language].index(each)
                self.choices[index] = DayChoice.SKIP if kind == "skip" else DayChoice.MOVE
        elif kind == "without":
            self.exdates = [self._date(each) for each in self._split(said)]
        elif kind == "also":
            self.rdates = [self._moment(each) for each in self._split(said)]

    def _weekdays(self, text: str) -> list[str]:
        names = WEEKDAYS[self.language]
        found: list[str] = []
        for each in self._split(text):
            first, _, last = each.partition("至" if self.language == "zh" else " to ")
            begin, end = names.index(first), names.index(last or first)
            found += DAYS[begin : end + 1]
        return found

    def _days_of_month(self, text: str) -> str:
        days = [self._day_of_month(each) for each in self._split(text)]
        name = "BYDAY" if days[0][-1].isalpha() else "BYMONTHDAY"
        return f"{name}={','.join(days)}"

    def _day_of_month(self, text: str) -> str:
        if text == LAST_DAY[self.language]:
            return "-1"
        number = re.fullmatch(r"(\d+)日|(?:day )?(\d+)", text, re.ASCII)
        if number:
            return str(int(number[1] or number[2]))
        plain = text.removeprefix("the ")
        for value, ordinal in ORDINALS[self.language].items():
            if plain.startswith(ordinal):
                weekday = plain.removeprefix(ordinal).strip()
                return f"{value}{DAYS[WEEKDAYS[self.language].index(weekday)]}"
        raise ValueError(text)

    def _date(self, text: str) -> date:
        match = _DATE[self.language].fullmatch(text)
        if match is None:
            raise ValueError(text)
        month = match["month"]
        number = _SHORT_MONTHS[month] if self.language == "en" else int(month)
        found = date(int(match["year"]), number, int(match["day"]))
        if wording.day(found, self.language, year=True) != text:
            raise ValueError(text)
        return found

    def _moment(self, text: str) -> datetime:
        day, _, at = text.rpartition(" ")
        return datetime.combine(self._date(day), time.fromisoformat(at))

    def _split(self, text: str) -> list[str]:
        return re.split(_BETWEEN[self.language], text)


def _parts(text: str, language: str) -> list[str]:
    """The days with their times, and what follows after commas."""
    if language == "zh":
        plain = re.sub(r"星期|礼拜", "周", text.strip()).replace("周天", "周日")
        return re.split(r"\s*[,，]\s*", plain)
    head, *rest = text.strip().split(", ")
    found = [head]
    for each in rest:  # English lists within a part have commas, too
        if any(re.fullmatch(pattern, each) for pattern in _TAILS["en"].values()):
            found.append(each)
        else:
            found[-1] += f", {each}"
    return found


def _first_match(patterns: dict[str, str], text: str) -> tuple[str, re.Match[str]]:
    for name, pattern in patterns.items():
        match = re.fullmatch(pattern, text, re.ASCII)
        if match:
            return name, match
    raise ValueError(text)
