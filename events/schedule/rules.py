"""Decisions about time, on plain values: from what an organizer says to sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from events.kernel import clock, recurrence
from events.kernel.errors import Refused
from events.observances.states import DayKind
from events.schedule.states import DayChoice, SeriesKind

HORIZON = timedelta(days=180)  # so far ahead a series without end has sessions
REFILL = timedelta(days=150)  # less than this ahead, it gets more: venues are asked once a month
MOVE_DAYS = 31  # an instance that finds no day within a month is left out
FIRST_WITHIN = (31, 730, 30 * 366)  # days: a daily rule is not written out for thirty years
EXCEPTED = "excepted"
ENDS = {"COUNT", "UNTIL"}
ORDER = ("FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "UNTIL", "COUNT")

KindOf = Callable[[date], DayKind]


def by_weekday(on: date) -> DayKind:
    """What a day is when nothing but the week counts."""
    return DayKind.REST if on.weekday() >= 5 else DayKind.WORKDAY


@dataclass(frozen=True, kw_only=True)
class Timing:
    """When, as an organizer says it: wall time of `tz`.

    SINGLE: starts_local; RULE: `rule` counted from starts_local, without `exdates`, with `rdates`,
    and on_...: what it does on such days; DATES: `dates`, any order.
    """

    kind: SeriesKind
    tz: str
    starts_local: datetime
    duration_min: int
    rule: str = ""
    dates: tuple[datetime, ...] = ()
    exdates: tuple[datetime, ...] = ()
    rdates: tuple[datetime, ...] = ()
    on_rest_day: DayChoice = DayChoice.KEEP
    on_holiday: DayChoice = DayChoice.KEEP
    on_makeup: DayChoice = DayChoice.KEEP

    @property
    def is_open(self) -> bool:
        """Whether it goes on until somebody ends it."""
        return self.kind is SeriesKind.RULE and not recurrence.Rule.parse(self.rule).is_bounded

    def choice(self, kind: DayKind) -> DayChoice:
        """What its rule does on a day of this kind; workdays are always kept."""
        choices = {
            DayKind.REST: self.on_rest_day,
            DayKind.HOLIDAY: self.on_holiday,
            DayKind.MAKEUP: self.on_makeup,
        }
        return choices.get(kind, DayChoice.KEEP)


@dataclass(frozen=True, kw_only=True)
class Instance:
    """Where a timing puts one session (`slot`) and where it takes place (`start`), wall time.

    start: another day when the slot's was to be avoided, None when it is left out; why: the kind
    of day that was avoided, or EXCEPTED.
    """

    slot: datetime
    start: datetime | None
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One session: its identity (naive wall time) and its moments (UTC, half-open)."""

    recurrence_id: datetime
    starts_at: datetime
    ends_at: datetime


def instances(
    timing: Timing,
    kind_of: KindOf = by_weekday,
    *,
    after: datetime | None = None,
    before: datetime | None = None,
) -> list[Instance]:
    """Every instance of `timing` whose slot lies in [after, before), ascending.

    after, before: naive wall time. Raises Refused("rule_endless") when neither the rule nor
    `before` ends it, and what else recurrence.expand raises.
    """
    if timing.kind is SeriesKind.SINGLE:
        found = [Instance(slot=timing.starts_local, start=timing.starts_local)]
    elif timing.kind is SeriesKind.DATES:
        found = [Instance(slot=start, start=start) for start in sorted(set(timing.dates))]
    else:
        found = sorted(_ruled(timing, kind_of, after, before), key=lambda each: each.slot)
    return [
        each
        for each in found
        if (after is None or each.slot >= after) and (before is None or each.slot < before)
    ]


def starts(
    timing: Timing, kind_of: KindOf = by_weekday, *, before: datetime | None = None
) -> list[datetime]:
    """Naive starts of `timing`, ascending, each once.

    Raises Refused("rule_endless" | "rule_..."), Refused("dates_missing").
    """
    found = {each.start for each in instances(timing, kind_of, before=before)} - {None}
    if not found:
        raise Refused("dates_missing", field="dates")
    return sorted(start for start in found if start is not None)


def slots(
    timing: Timing,
    kind_of: KindOf = by_weekday,
    *,
    after: datetime | None = None,
    before: datetime | None = None,
) -> list[Slot]:
    """Sessions of `timing` whose slot lies in [after, before), ascending, at most recurrence.MOST.

    Raises as `instances` does, and Refused("dates_missing") when nothing is left.
    """
    found = [
        _slot(each, timing)
        for each in instances(timing, kind_of, after=after, before=before)
        if each.start is not None
    ]
    if not found and after is None:
        raise Refused("dates_missing", field="dates")
    return found[: recurrence.MOST]


def slot(start: datetime, duration_min: int, tz: str) -> Slot:
    """The session that starts at naive `start` in `tz` and lasts `duration_min` minutes."""
    starts_at = clock.to_utc(start, tz)
    ends_at = starts_at + timedelta(minutes=duration_min)
    return Slot(recurrence_id=start, starts_at=starts_at, ends_at=ends_at)


def horizon(timing: Timing, now: datetime) -> datetime | None:
    """Until when (naive, exclusive) sessions of a timing without end are made; else None."""
    if not timing.is_open:
        return None
    begin = max(clock.to_local(now, timing.tz), timing.starts_local)
    return datetime.combine(begin + HORIZON, time.min)


def first(timing: Timing) -> Timing:
    """`timing` counted from its rule's own first instance: starts_local need not be one."""
    rule = recurrence.Rule.parse(timing.rule)
    for days in FIRST_WITHIN:
        until = timing.starts_local + timedelta(days=days)
        found = recurrence.expand(rule, timing.starts_local, until=until)
        if found:
            return replace(timing, starts_local=found[0])
    raise Refused("dates_missing", field="dates")


def spelled_out(timing: Timing) -> Timing:
    """`timing` with its rule as forms write it: parts in one order, implied days said."""
    if timing.kind is not SeriesKind.RULE:
        return timing
    parts = dict(recurrence.Rule.parse(timing.rule).parts)
    if parts.get("INTERVAL") == "1":
        del parts["INTERVAL"]
    if parts["FREQ"] == "DAILY" and set(parts) - ENDS == {"FREQ", "BYDAY"}:
        parts["FREQ"] = "WEEKLY"  # every day that is one of these is every week on these
    if parts["FREQ"] == "WEEKLY":
        parts.setdefault("BYDAY", recurrence.DAYS[timing.starts_local.weekday()])
    if parts["FREQ"] == "MONTHLY" and "BYDAY" not in parts:
        parts.setdefault("BYMONTHDAY", str(timing.starts_local.day))
    names = [*(name for name in ORDER if name in parts), *sorted(set(parts) - set(ORDER))]
    return replace(timing, rule=";".join(f"{name}={parts[name]}" for name in names))


def cut(timing: Timing, end: datetime) -> Timing:
    """What of `timing` comes before naive `end`: a series that another one follows."""
    parts = recurrence.Rule.parse(timing.rule).parts if timing.rule else ()
    kept = [f"{name}={value}" for name, value in parts if name not in {"COUNT", "UNTIL"}]
    last = end - timedelta(days=1)
    return replace(
        timing,
        rule=";".join([*kept, f"UNTIL={last:%Y%m%d}"]) if kept else "",
        dates=tuple(each for each in timing.dates if each < end),
        exdates=tuple(each for each in timing.exdates if each < end),
        rdates=tuple(each for each in timing.rdates if each < end),
    )


def require_future(starts_at: datetime, now: datetime) -> None:
    """Raise Refused("already_started"): the past is not changed."""
    if starts_at <= now:
        raise Refused("already_started")


def _slot(instance: Instance, timing: Timing) -> Slot:
    made = slot(instance.start or instance.slot, timing.duration_min, timing.tz)
    return replace(made, recurrence_id=instance.slot)


def _ruled(
    timing: Timing, kind_of: KindOf, after: datetime | None, before: datetime | None
) -> Iterator[Instance]:
    """A month more at both ends is looked at, so that windows that meet agree on moved days."""
    own = [each for each in _own(timing, after, before) if each not in timing.exdates]
    taken = {each.date() for each in (*own, *timing.rdates)}
    for each in own:
        yield _placed(each, timing, kind_of, taken)
    for each in set(_own(timing, after, before)) & set(timing.exdates) - set(timing.rdates):
        yield Instance(slot=each, start=None, why=EXCEPTED)
    for each in sorted(set(timing.rdates) - set(own)):
        yield Instance(slot=each, start=each)


def _own(timing: Timing, after: datetime | None, before: datetime | None) -> list[datetime]:
    """The rule's own starts around [after, before), before anything is left out or moved."""
    rule, margin = recurrence.Rule.parse(timing.rule), timedelta(days=MOVE_DAYS)
    until = before + margin if before else None
    if after is None or until is None or rule.is_bounded:
        return recurrence.expand(rule, timing.starts_local, until=until)
    return list(recurrence.between(rule, timing.starts_local, after - margin, until))


def _placed(start: datetime, timing: Timing, kind_of: KindOf, taken: set[date]) -> Instance:
    """Where the choices put it: kept, left out, or moved to the next day that is free."""
    kind = kind_of(start.date())
    choice = timing.choice(kind)
    if choice is DayChoice.KEEP:
        return Instance(slot=start, start=start)
    if choice is DayChoice.SKIP:
        return Instance(slot=start, start=None, why=kind)
    for day in _following(start.date()):
        if day not in taken and timing.choice(kind_of(day)) is DayChoice.KEEP:
            taken.add(day)
            return Instance(slot=start, start=datetime.combine(day, start.time()), why=kind)
    return Instance(slot=start, start=None, why=kind)


def _following(on: date) -> Iterable[date]:
    return (on + timedelta(days=n) for n in range(1, MOVE_DAYS + 1))
