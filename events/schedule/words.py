"""When something happens, in words: "每周六 09:00–11:00，避开法定节假日", "Every Saturday …".

Pure: takes the timing as its organizer gave it. A rule that has no plain words is said by its
first and last day and its number. reading.py reads these words back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from events.kernel import wording
from events.kernel.recurrence import DAYS, Rule
from events.schedule import rules
from events.schedule.rules import Timing
from events.schedule.states import DayChoice, SeriesKind

ORDINALS = {
    "zh": {1: "第一个", 2: "第二个", 3: "第三个", 4: "第四个", 5: "第五个", -1: "最后一个"},
    "en": {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"},
}
WEEKDAYS = {
    "zh": tuple(f"周{name}" for name in "一二三四五六日"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
UNITS = {
    "zh": {"DAILY": "天", "WEEKLY": "周", "MONTHLY": "个月", "YEARLY": "年"},
    "en": {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"},
}
KINDS = {
    "zh": ("周末", "法定节假日", "补班日"),
    "en": ("weekends", "statutory holidays", "make-up workdays"),
}
ONE_OF_KINDS = {
    "zh": KINDS["zh"],
    "en": ("a weekend", "a statutory holiday", "a make-up workday"),
}
LAST_DAY = {"zh": "最后一天", "en": "the last day"}
NO_END = {"zh": "长期举行", "en": "with no end date"}
AS_USUAL = {"zh": "补班日照常", "en": "make-up workdays as usual"}
NAMED = 3  # so many single dates are named; more are counted
_NTH = re.compile(r"([+-]?\d)?(MO|TU|WE|TH|FR|SA|SU)")
_PLAIN = re.compile(r"[1-9]\d?|-1")


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """What words say of a recurrence.

    rule: complete in itself, its parts in the order FREQ, INTERVAL, BYMONTH, BYMONTHDAY, BYDAY,
    COUNT or UNTIL (a date). starts, ends: of each session, None for those of a day and more;
    choices: on weekends, statutory holidays and make-up workdays.
    """

    rule: Rule
    starts: time | None = None
    ends: time | None = None
    choices: tuple[DayChoice, DayChoice, DayChoice] = (DayChoice.KEEP,) * 3
    exdates: tuple[date, ...] = ()
    rdates: tuple[datetime, ...] = ()


def in_words(timing: Timing, language: str) -> str:
    """What an organizer would say. language: zh or en. Raises as rules.starts does."""
    start = timing.starts_local
    end = start + timedelta(minutes=timing.duration_min)
    if timing.kind is SeriesKind.SINGLE:
        return wording.span(start, end, language, year=True)
    if timing.kind is SeriesKind.RULE:
        said = spoken(timing)
        if said is not None:
            return say(said, language)
        if timing.is_open:
            return _by_rule(timing, language)
    times = wording.times(start, end) if end - start < timedelta(days=1) else ""
    return _listed(timing, times, language)


def spoken(timing: Timing) -> Spoken | None:
    """What there is to say of a rule's timing, or None when it has no plain words."""
    rule = _complete(Rule.parse(timing.rule), timing.starts_local)
    if rule is None:
        return None
    length = timedelta(minutes=timing.duration_min)
    is_short = length < timedelta(days=1)
    start = timing.starts_local
    return Spoken(
        rule=rule,
        starts=start.time() if is_short else None,
        ends=(start + length).time() if is_short else None,
        choices=(timing.on_rest_day, timing.on_holiday, timing.on_makeup),
        exdates=tuple(sorted({each.date() for each in timing.exdates})),
        rdates=tuple(sorted(timing.rdates)),
    )


def say(said: Spoken, language: str) -> str:
    """The words. language: zh or en."""
    times = ""
    if said.starts is not None and said.ends is not None:
        ends = "24:00" if said.ends == time(0) else wording.clock_time(said.ends)
        times = f" {wording.clock_time(said.starts)}–{ends}"
    comma = "，" if language == "zh" else ", "
    parts = [_end(said.rule, language), *_choices(said, language), *_single(said, language)]
    return f"{_days(said.rule, language)}{times}" + "".join(comma + part for part in parts)


def _complete(rule: Rule, start: datetime) -> Rule | None:
    """The rule with what it leaves to its start, or None when it has no plain words."""
    parts = dict(rule.parts)
    frequency, interval = parts.pop("FREQ"), parts.pop("INTERVAL", "1")
    ends = {name: parts.pop(name)[:8] for name in ("COUNT", "UNTIL") if name in parts}
    if parts.pop("WKST", "MO") != "MO":
        return None
    days: dict[str, str] | None = None if parts else {}
    if frequency == "DAILY" and set(parts) == {"BYDAY"} and int(interval) == 1:
        frequency = "WEEKLY"  # every day that is one of these is every week on these
    if frequency == "WEEKLY":
        days = _weekly(parts, start)
    elif frequency != "DAILY":
        days = _monthly(parts, start) if frequency == "MONTHLY" else _yearly(parts, start)
    if days is None:
        return None
    every = {} if int(interval) == 1 else {"INTERVAL": str(int(interval))}
    return Rule((("FREQ", frequency), *every.items(), *days.items(), *ends.items()))


def _weekly(parts: dict[str, str], start: datetime) -> dict[str, str] | None:
    days = set(parts.pop("BYDAY", DAYS[start.weekday()]).split(","))
    if parts or not days <= set(DAYS):
        return None
    return {"BYDAY": ",".join(sorted(days, key=DAYS.index))}


def _monthly(parts: dict[str, str], start: datetime) -> dict[str, str] | None:
    if "BYDAY" in parts:
        nth = _nth(parts.pop("BYDAY"), parts.pop("BYSETPOS", None))
        return {"BYDAY": nth} if nth and not parts else None
    numbers = set(parts.pop("BYMONTHDAY", str(start.day)).split(","))
    if parts or not all(_PLAIN.fullmatch(number) for number in numbers):
        return None
    return {"BYMONTHDAY": ",".join(sorted(numbers, key=_from_one_to_last))}


def _yearly(parts: dict[str, str], start: datetime) -> dict[str, str] | None:
    has_month = "BYMONTH" in parts
    month = parts.pop("BYMONTH", str(start.month))
    if not month.isdigit() or (parts and not has_month):
        return None
    days = _monthly(parts, start)
    if days is None or "," in "".join(days.values()):
        return None
    return {"BYMONTH": str(int(month)), **days}


def _nth(by_day: str, position: str | None) -> str | None:
    """From "1SA", or from "SA" at BYSETPOS 1: "1SA"; of several, all in the month's order."""
    found = []
    for each in by_day.split(","):
        match = _NTH.fullmatch(each)
        if match is None or (match[1] is None) is (position is None):
            return None
        number = int(match[1] or (position or "0").split(",")[0])
        if number not in ORDINALS["en"]:
            return None
        found.append((number, match[2]))
    if position is not None and (len(found) > 1 or "," in position):
        return None
    found = sorted(set(found), key=lambda one: (_from_one_to_last(one[0]), DAYS.index(one[1])))
    return ",".join(f"{number}{day}" for number, day in found)


def _from_one_to_last(number: str | int) -> int:
    return int(number) if int(number) > 0 else 99


def _days(rule: Rule, language: str) -> str:
    """The days of a complete rule: "每周六", "Every 2 months on the first Saturday"."""
    parts = dict(rule.parts)
    frequency, interval = parts["FREQ"], int(parts.get("INTERVAL", "1"))
    unit = UNITS[language][frequency]
    if language == "zh":
        every = f"每{unit.removeprefix('个')}" if interval == 1 else f"每{interval}{unit}"
    else:
        every = f"Every {unit}" if interval == 1 else f"Every {interval} {unit}s"
    if frequency == "DAILY":
        return every
    if frequency == "WEEKLY":
        names = _weekdays([DAYS.index(day) for day in parts["BYDAY"].split(",")], language)
        if interval == 1:
            return f"每{names}" if language == "zh" else f"Every {names}"
        return f"{every}的{names}" if language == "zh" else f"{every} on {names}"
    days = _of_month(parts, language)
    if language == "zh":
        return f"{every}{'' if interval == 1 else '的'}{days}"
    return f"{every} on {days}"


def _of_month(parts: dict[str, str], language: str) -> str:
    month = int(parts.get("BYMONTH", "0"))
    if "BYDAY" in parts:
        words = [_ordinal(each, language) for each in parts["BYDAY"].split(",")]
    else:
        words = [_month_day(each, month, language) for each in parts["BYMONTHDAY"].split(",")]
    said = enumerated(words, language)
    if not month:
        return said
    if language == "zh":
        return f"{month}月{said}"
    return said if words[0][0].isdigit() else f"{said} of {month_name(month)}"


def _ordinal(nth: str, language: str) -> str:
    weekday = WEEKDAYS[language][DAYS.index(nth[-2:])]
    ordinal = ORDINALS[language][int(nth[:-2])]
    return f"{ordinal}{weekday}" if language == "zh" else f"the {ordinal} {weekday}"


def _month_day(number: str, month: int, language: str) -> str:
    if number == "-1":
        return LAST_DAY[language]
    if language == "zh":
        return f"{number}日"
    return f"{number} {month_name(month)}" if month else f"day {number}"


def _weekdays(numbers: list[int], language: str) -> str:
    names = [WEEKDAYS[language][number] for number in numbers]
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{names[0]}{'至' if language == 'zh' else ' to '}{names[-1]}"
    return enumerated(names, language)


def month_name(number: int) -> str:
    """The English name of a month, 1 to 12."""
    return wording.month(date(2000, number, 1), "en").split(" ")[0]


def enumerated(words: list[str], language: str) -> str:
    """Words one after another: "周一、周三", "Monday, Wednesday and Friday"."""
    if language == "zh":
        return "、".join(words)
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _end(rule: Rule, language: str) -> str:
    count, until = rule.get("COUNT"), rule.get("UNTIL")
    if count:
        return _times(int(count), language)
    if not until:
        return NO_END[language]
    last = wording.day(date.fromisoformat(until), language, year=True)
    return f"至{last}" if language == "zh" else f"until {last}"


def _times(number: int, language: str) -> str:
    if language == "zh":
        return f"共 {number} 次"
    return "once" if number == 1 else f"{number} times"


def _choices(said: Spoken, language: str) -> list[str]:
    """What happens on certain days; that make-up workdays are as usual only where it may matter."""
    found = []
    skipped = _of_choice(said, DayChoice.SKIP, KINDS[language])
    moved = _of_choice(said, DayChoice.MOVE, ONE_OF_KINDS[language])
    if skipped:
        names = joined(skipped, language)
        found.append(f"避开{names}" if language == "zh" else f"except on {names}")
    if moved:
        names = joined(moved, language, otherwise=True)
        zh, en = f"遇{names}顺延", f"moved to the next possible day if on {names}"
        found.append(zh if language == "zh" else en)
    is_at_weekends = not set((said.rule.get("BYDAY") or "SA").split(",")) <= set(DAYS[:5])
    if found and said.choices[2] is DayChoice.KEEP and is_at_weekends:
        found.append(AS_USUAL[language])
    return found


def _of_choice(said: Spoken, choice: DayChoice, names: tuple[str, ...]) -> list[str]:
    pairs = zip(names, said.choices, strict=True)
    return [name for name, chosen in pairs if chosen is choice]


def joined(words: list[str], language: str, *, otherwise: bool = False) -> str:
    """Kinds of days in one phrase: "周末和法定节假日", or with 或 and "or"."""
    if len(words) == 1:
        return words[0]
    comma, last = {
        "zh": ("、", "或" if otherwise else "和"),
        "en": (", ", " or " if otherwise else " and "),
    }[language]
    return last.join([comma.join(words[:-1]), words[-1]])


def _single(said: Spoken, language: str) -> list[str]:
    """Dates left out and added."""
    is_zh, found = language == "zh", []
    if said.exdates:
        named = [wording.day(each, language, year=True) for each in said.exdates]
        days = enumerated(named, language)
        if len(named) > NAMED:
            found.append(f"除去 {len(named)} 天" if is_zh else f"except {len(named)} dates")
        else:
            found.append(f"{days}除外" if is_zh else f"except {days}")
    if said.rdates:
        named = [wording.moment(each, language, year=True) for each in said.rdates]
        days = enumerated(named, language)
        if len(named) > NAMED:
            found.append(f"另加 {len(named)} 次" if is_zh else f"and {len(named)} more times")
        else:
            found.append(f"另加{days}" if is_zh else f"and also {days}")
    return found


def _by_rule(timing: Timing, language: str) -> str:
    """A rule without end and without plain words: as RFC 5545 writes it."""
    rule = Rule.parse(timing.rule)
    return f"按规则 {rule}" if language == "zh" else f"By the rule {rule}"


def _listed(timing: Timing, times: str, language: str) -> str:
    starts = rules.starts(timing)
    if len({start.time() for start in starts}) > 1:
        times = ""
    if len(starts) <= NAMED:
        separator = "、" if language == "zh" else "; "
        days = separator.join(wording.day(s.date(), language) for s in starts)
        return f"{days} {times}".strip()
    days = wording.days(starts[0].date(), starts[-1].date(), language)
    comma = "，" if language == "zh" else ", "
    return f"{days} {times}".strip() + comma + _times(len(starts), language)
