"""What another timing does to the sessions of a series, on plain values, before anything is done.

Sessions keep their identity: each is matched with the nearest instance of the new timing, so that
bookings, shifts and people stay with it. What has begun is never touched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from events.kernel import clock, recurrence
from events.kernel.errors import Refused
from events.schedule import rules
from events.schedule.rules import KindOf, Slot, Timing
from events.schedule.states import SeriesKind

APART = timedelta(days=14)  # twice that is too far to call it the same session
TOUCH = timedelta(hours=1)  # what moving costs at least: where nothing needs to move, nothing does


class Effect(StrEnum):
    """What an edit does to one session."""

    UNTOUCHED = "untouched"
    MOVED = "moved"
    CANCELLED = "cancelled"
    ADDED = "added"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One session as it stands. is_off: cancelled or postponed, and it stays so.

    is_by_rule: its time came from its rule, be it by what days were taken for then, not by hand.
    """

    id: int
    slot: datetime
    starts_at: datetime
    ends_at: datetime
    is_off: bool = False
    is_by_rule: bool = False


@dataclass(frozen=True, kw_only=True)
class Step:
    """What an edit does to one session. id: None for one that is added.

    old: when it was to be; new: when it will be, and its slot from now on (None: cancelled, or
    one that is off already and has no counterpart).
    """

    effect: Effect
    id: int | None
    old: Slot | None
    new: Slot | None


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What an edit comes to. steps: in time's order, without the sessions that stay where they are.

    timing: of the sessions concerned; kept: of those that stay with the old series, None when there
    are none and the series itself changes.
    """

    steps: tuple[Step, ...]
    timing: Timing
    kept: Timing | None
    until: datetime | None

    def count(self, effect: Effect) -> int:
        """How many sessions it does that to."""
        return sum(step.effect is effect for step in self.steps)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What an edit comes to in each series that it concerns, by the series' id."""

    edits: tuple[tuple[int, Edit], ...]

    @property
    def steps(self) -> list[Step]:
        """Of all series, in time's order."""
        return sorted((step for _, each in self.edits for step in each.steps), key=_moment)

    @property
    def fingerprint(self) -> str:
        """What it comes to, as a short word: whoever has seen it has seen all of it."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:32]

    def count(self, effect: Effect) -> int:
        """How many sessions it does that to."""
        return sum(each.count(effect) for _, each in self.edits)


def edit(
    standing: Sequence[Standing],
    *,
    old: Timing,
    new: Timing,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    kind_of: KindOf = rules.by_weekday,
) -> Edit:
    """What `new` does to the sessions of a series of timing `old`; those from slot `since` on.

    until: so far (naive) sessions of `old` without end are made; without another rule no more are.
    Sessions that were moved by hand stay where they are as long as the new timing has a place for
    them; so do those that are off. One that is off because an earlier edit had no place for it is
    gone: when its day is wanted again, another session is added. A timing that is over by now ends
    the series: what is ahead is cancelled. Raises as rules.slots does, and
    Refused("nothing_ahead") when all of the sessions would be in the past.
    """
    planned = _planned(standing, old, kind_of)
    standing = _alive(standing, planned)
    theirs = [each for each in standing if since is None or each.slot >= since]
    free = [each for each in theirs if not _is_over(each, planned, old.tz, now)]
    fixed = {each.slot for each in standing} - {each.slot for each in free}
    first = min((each.slot for each in free), default=None)
    kept = old if first is None else rules.cut(old, first)
    is_same = _are_same(new, old) or (since is not None and _are_same(new, tail(old, since)))
    going = new if is_same or not fixed else _from_now_on(new, now, kind_of)
    if going is None or not (is_same and until):
        until = rules.horizon(going, now) if going else None
    wanted = [
        slot
        for slot in (_ahead(going, kind_of, now, until) if going else ())
        if slot.recurrence_id not in fixed
    ]
    if not wanted and not fixed:
        raise Refused("nothing_ahead", field="dates")
    pairs = _matched(sorted(free, key=lambda each: each.slot), wanted)
    steps = [_step(each, slot, planned) for each, slot in pairs]
    splits = fixed and going and not is_same
    return Edit(
        steps=tuple(sorted(steps, key=_moment)),
        timing=old if is_same else going or kept,
        kept=kept if splits else None,
        until=until,
    )


def ended(
    standing: Sequence[Standing],
    *,
    old: Timing,
    now: datetime,
    kind_of: KindOf = rules.by_weekday,
) -> Edit:
    """What it means that a series goes on no more: whatever is ahead is cancelled."""
    planned = _planned(standing, old, kind_of)
    standing = _alive(standing, planned)
    free = [each for each in standing if not _is_over(each, planned, old.tz, now)]
    last = max(each.slot for each in standing)
    return Edit(
        steps=tuple(sorted((_step(each, None, planned) for each in free), key=_moment)),
        timing=rules.cut(old, last + timedelta(days=1)),
        kept=None,
        until=None,
    )


def _are_same(one: Timing, other: Timing) -> bool:
    return rules.spelled_out(one) == rules.spelled_out(other)


def _planned(
    standing: Sequence[Standing], timing: Timing, kind_of: KindOf
) -> dict[datetime, datetime]:
    """When (UTC) each session was to begin by its series' own word."""
    if not standing:
        return {}
    ends = [each.slot for each in standing]
    after, before = min(ends), max(ends) + timedelta(seconds=1)
    found = rules.slots(timing, kind_of, after=after, before=before)
    return {slot.recurrence_id: slot.starts_at for slot in found}


def _alive(standing: Sequence[Standing], planned: dict[datetime, datetime]) -> Sequence[Standing]:
    """Without those that are gone: off, and no instance of their series any more."""
    return [each for each in standing if not each.is_off or each.slot in planned]


def _was_moved(one: Standing, planned: dict[datetime, datetime]) -> bool:
    """Whether somebody has given this session a time of its own."""
    return not one.is_by_rule and planned.get(one.slot, one.starts_at) != one.starts_at


def _is_over(one: Standing, planned: dict[datetime, datetime], tz: str, now: datetime) -> bool:
    if one.starts_at <= now:
        return True
    stays = one.is_off or one.is_by_rule or _was_moved(one, planned)
    return stays and clock.to_utc(one.slot, tz) <= now


def _from_now_on(new: Timing, now: datetime, kind_of: KindOf) -> Timing | None:
    """`new` without its past, which belongs to the series that it follows; None: it is over."""
    found = rules.instances(new, kind_of, after=_soon(new, now), before=rules.horizon(new, now))
    for each in found:
        if clock.to_utc(each.start or each.slot, new.tz) > now:
            return tail(new, each.slot)
    return None


def _ahead(
    timing: Timing, kind_of: KindOf, now: datetime, until: datetime | None
) -> Iterator[Slot]:
    for slot in rules.slots(timing, kind_of, after=_soon(timing, now), before=until):
        if slot.starts_at > now:
            yield slot


def tail(timing: Timing, start: datetime) -> Timing:
    """What of `timing` comes from naive `start` on; a COUNT counts what is left."""
    dates = tuple(each for each in timing.dates if each >= start)
    if timing.kind is not SeriesKind.RULE:
        return replace(timing, dates=dates, starts_local=start)
    rule = recurrence.Rule.parse(timing.rule)
    parts = dict(rule.parts)
    if "COUNT" in parts:
        gone = len(recurrence.expand(rule, timing.starts_local, until=start))
        parts["COUNT"] = str(max(1, int(parts["COUNT"]) - gone))
    return rules.first(
        replace(
            timing,
            starts_local=start,
            rule=";".join(f"{name}={value}" for name, value in parts.items()),
            exdates=tuple(each for each in timing.exdates if each >= start),
            rdates=tuple(each for each in timing.rdates if each >= start),
        )
    )


def _soon(timing: Timing, now: datetime) -> datetime:
    """Far enough back that whatever is moved into the future is seen."""
    return clock.to_local(now, timing.tz) - timedelta(days=rules.MOVE_DAYS)


def _step(one: Standing | None, slot: Slot | None, planned: dict[datetime, datetime]) -> Step:
    if one is None:
        return Step(effect=Effect.ADDED, id=None, old=None, new=slot)
    old = Slot(recurrence_id=one.slot, starts_at=one.starts_at, ends_at=one.ends_at)
    if one.is_off or (slot is not None and _was_moved(one, planned)):
        new = slot and replace(old, recurrence_id=slot.recurrence_id)
        return Step(effect=Effect.UNTOUCHED, id=one.id, old=old, new=new)
    if slot is None:
        return Step(effect=Effect.CANCELLED, id=one.id, old=old, new=None)
    stays = (slot.starts_at, slot.ends_at) == (one.starts_at, one.ends_at)
    effect = Effect.UNTOUCHED if stays else Effect.MOVED
    return Step(effect=effect, id=one.id, old=old, new=slot)


def _moment(step: Step) -> datetime:
    slot = step.new or step.old
    if slot is None:
        msg = "a step about no session"
        raise ValueError(msg)
    return slot.starts_at


# Matching: which session becomes which instance

Pair = tuple[Standing | None, Slot | None]


def _matched(standing: Sequence[Standing], wanted: Sequence[Slot]) -> Iterator[Pair]:
    """Every session and every slot once: those of one slot together, the others by order."""
    by_slot = {each.slot: n for n, each in enumerate(standing)}
    first, begun = 0, 0
    for n, slot in enumerate(wanted):
        same = by_slot.get(slot.recurrence_id)
        if same is not None:
            yield from _aligned(standing[first:same], wanted[begun:n])
            yield standing[same], slot
            first, begun = same + 1, n + 1
    yield from _aligned(standing[first:], wanted[begun:])


def _aligned(standing: Sequence[Standing], wanted: Sequence[Slot]) -> list[Pair]:
    """In order, and so that the sessions move as little as possible; none further than 2 APART."""
    costs = [[APART * n for n in range(len(wanted) + 1)]]
    for one in standing:
        above, row = costs[-1], [costs[-1][0] + APART]
        for n, slot in enumerate(wanted):
            together = above[n] + TOUCH + abs(slot.recurrence_id - one.slot)
            row.append(min(together, above[n + 1] + APART, row[n] + APART))
        costs.append(row)
    found: list[Pair] = []
    i, n = len(standing), len(wanted)
    while i or n:
        if i and costs[i][n] == costs[i - 1][n] + APART:
            i -= 1
            found.append((standing[i], None))
        elif n and costs[i][n] == costs[i][n - 1] + APART:
            n -= 1
            found.append((None, wanted[n]))
        else:
            i, n = i - 1, n - 1
            found.append((standing[i], wanted[n]))
    return found[::-1]
