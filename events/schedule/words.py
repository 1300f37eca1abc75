"""When something happens, in words: "每周六 09:00–11:00，共 4 次", "Every Saturday …, 4 times".

Pure: takes the timing as its organizer gave it. A rule that has no plain words is said by its
first and last day and its number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from events.kernel import wording
from events.kernel.recurrence import DAYS, Rule
from events.schedule import rules
from events.schedule.rules import Timing
from events.schedule.states import SeriesKind

_ORDINALS = {
    "zh": {1: "第一个", 2: "第二个", 3: "第三个", 4: "第四个", 5: "第五个", -1: "最后一个"},
    "en": {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"},
}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_UNITS = {
    "DAILY": ("天", "day"),
    "WEEKLY": ("周", "week"),
    "MONTHLY": ("个月", "month"),
    "YEARLY": ("年", "year"),
}
_NTH = re.compile(r"([+-]?\d)?(MO|TU|WE|TH|FR|SA|SU)")


def in_words(timing: Timing, language: str) -> str:
    """What an organizer would say. language: zh or en. Raises as rules.starts does."""
    start = timing.starts_local
    end = start + timedelta(minutes=timing.duration_min)
    if timing.kind is SeriesKind.SINGLE:
        return wording.span(start, end, language, year=True)
    times = wording.times(start, end) if end - start < timedelta(days=1) else ""
    if timing.kind is SeriesKind.RULE:
        rule = Rule.parse(timing.rule)
        said = _Said.of(rule, start, language)
        if said is not None:
            return f"{said.days} {times}".strip() + _end(rule, language)
    return _listed(timing, times, language)


def _listed(timing: Timing, times: str, language: str) -> str:
    starts = rules.starts(timing)
    if len({start.time() for start in starts}) > 1:
        times = ""
    if len(starts) <= 3:
        separator = "、" if language == "zh" else "; "
        days = separator.join(wording.day(s.date(), language) for s in starts)
        return f"{days} {times}".strip()
    days = wording.days(starts[0].date(), starts[-1].date(), language)
    return f"{days} {times}".strip() + _times(len(starts), language)


@dataclass(frozen=True)
class _Said:
    """The days of a rule in words, without its hours and its end."""

    days: str

    @classmethod
    def of(cls, rule: Rule, start: datetime, language: str) -> _Said | None:
        """None when the rule has no plain words."""
        every = _every(rule, language)
        by_day, by_month_day = rule.get("BYDAY") or "", rule.get("BYMONTHDAY") or ""
        by_month, position = rule.get("BYMONTH"), rule.get("BYSETPOS")
        freq = rule.get("FREQ")
        if freq == "DAILY" and not (by_day or by_month_day or by_month or position):
            return cls(every)
        if freq == "WEEKLY" and not (by_month_day or by_month):
            return cls(_weekly(every, by_day or DAYS[start.weekday()], language))
        if freq == "MONTHLY" and not by_month:
            return _monthly(every, by_day, by_month_day, position, start, language)
        if freq == "YEARLY":
            return _yearly(every, rule, start, language)
        return None


def _every(rule: Rule, language: str) -> str:
    interval = int(rule.get("INTERVAL") or 1)
    zh, en = _UNITS[rule.get("FREQ") or ""]
    if language == "zh":
        return f"每{'' if interval == 1 else interval}{zh.lstrip('个') if interval == 1 else zh}"
    return f"Every {en}" if interval == 1 else f"Every {interval} {en}s"


def _weekly(every: str, by_day: str, language: str) -> str:
    numbers = sorted(DAYS.index(day) for day in by_day.split(","))
    names = _day_names(numbers, language)
    if language == "zh":
        return f"每{names}" if every == "每周" else f"{every}的{names}"
    return f"Every {names}" if every == "Every week" else f"{every} on {names}"


def _monthly(
    every: str,
    by_day: str,
    by_month_day: str,
    position: str | None,
    start: datetime,
    language: str,
) -> _Said | None:
    if by_day and by_month_day:
        return None
    if by_day:
        nth = _nth(by_day, position, language)
        return _Said(_joined(every, nth, language)) if nth else None
    return _Said(_joined(every, _month_days(by_month_day or str(start.day), language), language))


def _yearly(every: str, rule: Rule, start: datetime, language: str) -> _Said | None:
    by_day, by_month_day = rule.get("BYDAY"), rule.get("BYMONTHDAY")
    month = rule.get("BYMONTH") or str(start.month)
    if "," in month or (by_day and by_month_day) or (by_day and not rule.get("BYMONTH")):
        return None
    if by_day:
        nth = _nth(by_day, rule.get("BYSETPOS"), language)
        day = nth and (f"{month}月{nth}" if language == "zh" else f"{nth} of {_month(month)}")
    elif by_month_day is None or by_month_day.isdigit():
        number = by_month_day or str(start.day)
        day = f"{month}月{number}日" if language == "zh" else f"{number} {_month(month)}"
    else:
        return None
    return _Said(_joined(every, day, language)) if day else None


def _joined(every: str, days: str, language: str) -> str:
    if language == "zh":
        return f"{every}{'的' if any(sign.isdigit() for sign in every) else ''}{days}"
    return f"{every} on {days}"


def _nth(by_day: str, position: str | None, language: str) -> str | None:
    """From "1SA", or from "SA" at BYSETPOS 1: "第一个周六", "the first Saturday"."""
    match = _NTH.fullmatch(by_day)
    ordinal = (match[1] or position) if match else None
    if not match or not ordinal or int(ordinal) not in _ORDINALS[language]:
        return None
    word = _ORDINALS[language][int(ordinal)]
    name = _day_names([DAYS.index(match[2])], language)
    return f"{word}{name}" if language == "zh" else f"the {word} {name}"


def _month_days(numbers: str, language: str) -> str:
    if language == "zh":
        return "、".join("最后一天" if n == "-1" else f"{n}日" for n in numbers.split(","))
    return " and ".join("the last day" if n == "-1" else f"day {n}" for n in numbers.split(","))


def _day_names(numbers: list[int], language: str) -> str:
    is_run = len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1))
    chosen = [numbers[0], numbers[-1]] if is_run else numbers
    if language == "zh":
        return ("至" if is_run else "、").join("周" + "一二三四五六日"[n] for n in chosen)
    if is_run:
        return f"{_WEEKDAYS[chosen[0]]} to {_WEEKDAYS[chosen[1]]}"
    names = [_WEEKDAYS[n] for n in chosen]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _month(number: str) -> str:
    return wording.month(date(2000, int(number), 1), "en").split(" ")[0]


def _end(rule: Rule, language: str) -> str:
    count, until = rule.get("COUNT"), rule.get("UNTIL")
    if count:
        return _times(int(count), language)
    if not until:
        return ""
    last = datetime.strptime(until[:8], "%Y%m%d").date()  # noqa: DTZ007 - wall time
    day = wording.day(last, language, year=True)
    return f"，至{day}" if language == "zh" else f", until {day}"


def _times(number: int, language: str) -> str:
    if language == "zh":
        return f"，共 {number} 次"
    return ", once" if number == 1 else f", {number} times"
