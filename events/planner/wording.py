"""Sentences about a problem in both languages: names, days and times, amounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from events.planner.answer import Language, Sentence
from events.planner.problem import DAY, Problem, Window

Said = Sentence | str | int
"""What fills a gap in a template: the same in both languages, or not."""

_WEEKDAYS = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence with {gaps}, in both languages."""

    zh: str
    en: str

    def fill(self, **facts: Said) -> Sentence:
        """The sentence said of these facts."""
        return Sentence(_filled(self.zh, "zh", facts), _filled(self.en, "en", facts))


def _filled(template: str, language: Language, facts: dict[str, Said]) -> str:
    words = {
        name: fact.say(language) if isinstance(fact, Sentence) else fact
        for name, fact in facts.items()
    }
    return template.format(**words)


def count(number: int, zh: str, one: str, many: str = "") -> Sentence:
    """A number with its noun, `many` where English does not just add an s."""
    noun = one if number == 1 else many or one + "s"
    return Sentence(f"{number}{zh}", f"{number} {noun}")


def length(minutes: int) -> Sentence:
    """A stretch of time: 1小时30分钟, 1 h 30 min."""
    hours, rest = divmod(minutes, 60)
    zh = f"{hours}小时" * bool(hours) + f"{rest}分钟" * bool(rest or not hours)
    en = " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest or not hours))
    return Sentence(zh, en)


def pause(minutes: int) -> Sentence:
    """A stretch of time for "结束{pause}后" and "{pause}after"; none is not said."""
    if not minutes:
        return Sentence("", "")
    said = length(minutes)
    return Sentence(said.zh, f"{said.en} ")


def listed(parts: Sequence[Said]) -> Sentence:
    """Several things: 甲、乙、丙; a, b and c."""
    said = [
        part if isinstance(part, Sentence) else Sentence(str(part), str(part)) for part in parts
    ]
    english = [part.en for part in said]
    head, last = english[:-1], english[-1:]
    en = " and ".join([", ".join(head), *last]) if head else "".join(last)
    return Sentence("、".join(part.zh for part in said), en)


def chained(sentences: Sequence[Sentence]) -> Sentence:
    """Several things to be done: 甲；乙 and "a; b"."""
    return Sentence("；".join(one.zh for one in sentences), "; ".join(one.en for one in sentences))


def shortened(parts: Sequence[Said], most: int = 3) -> Sentence:
    """The first of several things, and how many there are: 甲、乙等5个; a, b and 3 more."""
    if len(parts) <= most:
        return listed(parts)
    first = [one.en if isinstance(one, Sentence) else str(one) for one in parts[:most]]
    zh = f"{listed(parts[:most]).zh}等{len(parts)}个"
    return Sentence(zh, f"{', '.join(first)} and {len(parts) - most} more")


class Names:
    """How a problem's things are called; what it does not know is called by its id."""

    def __init__(self, problem: Problem) -> None:
        self._days = problem.days
        self._titles = {one.id: one.title for one in problem.activities}
        self._names: dict[tuple[type, str], str] = {}
        for things in (problem.venues, problem.experts, problem.kits, problem.teams):
            self._names |= {(type(one), one.id): one.name for one in things}
        for others in (problem.volunteers, problem.districts, problem.audiences, problem.sites):
            self._names |= {(type(one), one.id): one.name for one in others}

    def activity(self, activity: str) -> Sentence:
        """《防震演练》, “Quake drill”."""
        title = self._titles.get(activity) or activity
        return Sentence(f"《{title}》", f"“{title}”")

    def activities(self, activities: Iterable[str]) -> Sentence:
        """《甲》《乙》; “A” and “B”."""
        named = [self.activity(activity) for activity in activities]
        return Sentence("".join(one.zh for one in named), listed(named).en)

    def of(self, kind: type, name: str) -> str:
        """The name of a thing of a kind: Venue, Expert, Kit, ..."""
        return self._names.get((kind, name)) or name

    def day(self, day: int) -> Sentence:
        """9月20日 周六, Sat 20 Sep; outside of the campaign the day's number."""
        if not 0 <= day < len(self._days):
            return Sentence(f"第{day + 1}天", f"day {day + 1}")
        on = self._days[day].date
        return Sentence(
            f"{on.month}月{on.day}日 周{_WEEKDAYS['zh'][on.weekday()]}",
            f"{_WEEKDAYS['en'][on.weekday()]} {on.day} {_MONTHS[on.month - 1]}",
        )

    def moment(self, at: int) -> Sentence:
        """9月20日 周六 14:00, Sat 20 Sep 14:00."""
        day, minute = divmod(at, DAY)
        return Template("{day} {time}", "{day} {time}").fill(day=self.day(day), time=_time(minute))

    def span(self, window: Window) -> Sentence:
        """9月20日 周六 14:00–16:30; 9月20日 周六 – 9月21日 周日, where whole days are meant.

        The second day is said where it is another one.
        """
        if window.start % DAY == 0 == window.end % DAY:
            first, last = window.start // DAY, window.end // DAY - 1
            return self.day(first) if first == last else _from(self.day(first), self.day(last))
        start, (day, minute) = self.moment(window.start), divmod(window.end, DAY)
        if day != window.start // DAY:
            return _from(start, self.moment(window.end))
        return Sentence(f"{start.zh}–{_time(minute)}", f"{start.en}–{_time(minute)}")


def _from(start: Sentence, end: Sentence) -> Sentence:
    return Sentence(f"{start.zh} – {end.zh}", f"{start.en} – {end.en}")


def _time(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
