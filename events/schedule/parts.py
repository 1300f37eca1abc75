"""A series that was split, edited as one: what its parts show together, what becomes of each.

Pure. Parts stand in time's order. What an edit changes holds for every part; what it leaves alone
stays as each part has it: its own hours, say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from events.kernel import recurrence
from events.kernel.errors import Refused
from events.schedule import rules
from events.schedule.rules import Timing
from events.schedule.states import SeriesKind

OWN = ("duration_min", "on_rest_day", "on_holiday", "on_makeup")

Parts = Sequence[Timing]
Left = list[Timing | None]


def joined(parts: Parts, chosen: Timing) -> Timing | None:
    """One timing that stands for all parts; None when some are rules and others dates.

    Rules: days, hours and choices of `chosen`, from the first part's start to the last one's end.
    """
    if len(parts) == 1:
        return parts[0]
    if all(part.kind is not SeriesKind.RULE for part in parts):
        dates = sorted({each for part in parts for each in _dates(part)})
        return replace(chosen, kind=SeriesKind.DATES, starts_local=dates[0], dates=tuple(dates))
    if any(part.kind is not SeriesKind.RULE for part in parts):
        return None
    own, at = rules.spelled_out(chosen), chosen.starts_local.time()
    left_out = {day for part in parts for day in _left_out(part)}
    return rules.first(
        replace(
            own,
            starts_local=datetime.combine(parts[0].starts_local.date(), at),
            rule=_rule(_days(own), _until(parts[-1])),
            exdates=_at(left_out, at),
            rdates=tuple(sorted({each for part in parts for each in part.rdates})),
        )
    )


def shared(parts: Parts, *, shown: Timing, new: Timing) -> Left:
    """What `new` makes of each part, to whoever was shown `shown`; None: nothing is left of it.

    Raises Refused("parts_differ") when rules were to become dates, or dates a rule.
    """
    if len(parts) == 1:
        return [new]
    if (new.kind is SeriesKind.RULE) is not (shown.kind is SeriesKind.RULE):
        raise Refused("parts_differ", field="kind")
    if new.kind is not SeriesKind.RULE:
        return list(_of_dates(parts, shown, new))
    sharing = _Sharing(parts, rules.spelled_out(shown), rules.spelled_out(new))
    return sharing.with_dates(sharing.ended([sharing.begun(n) for n in range(len(parts))]))


def _of_dates(parts: Parts, shown: Timing, new: Timing) -> Iterator[Timing | None]:
    """A date that was given goes to the part whose dates are nearest."""
    gone = set(_dates(shown)) - set(_dates(new))
    homes: list[set[datetime]] = [set() for _ in parts]
    for each in set(_dates(new)) - set(_dates(shown)):
        near = [min(abs(each - other) for other in _dates(part)) for part in parts]
        homes[near.index(min(near))].add(each)
    for part, come in zip(parts, homes, strict=True):
        dates = tuple(sorted((set(_dates(part)) - gone) | come))
        if not dates:
            yield None
            continue
        own = _with_own(part, shown, new)
        yield replace(own, kind=SeriesKind.DATES, starts_local=dates[0], dates=dates)


@dataclass(frozen=True)
class _Sharing:
    """An edit of rules that were shown as one."""

    parts: Parts
    shown: Timing
    new: Timing

    def begun(self, n: int) -> Timing | None:
        """The n-th part with its days, hours and start; its end is its own still."""
        part = rules.spelled_out(self.parts[n])
        at, start = part.starts_local.time(), part.starts_local.date()
        first, days = self.new.starts_local, _days(part)
        if first.time() != self.shown.starts_local.time():
            at = first.time()
        has_other_days = _days(self.new) != _days(self.shown)
        end = _end(part)
        if has_other_days or first.date() != self.shown.starts_local.date():
            if n + 1 < len(self.parts) and self.parts[n + 1].starts_local.date() <= first.date():
                return None
            start = max(start, first.date()) if n else first.date()
            end = _until(part)
            if has_other_days:
                start, days = self._since(start), _days(self.new)
        return _first(
            replace(
                _with_own(part, self.shown, self.new),
                starts_local=datetime.combine(start, at),
                rule=_rule(days, end),
                exdates=_at(_left_out(part), at),
            )
        )

    def ended(self, parts: Left) -> Left:
        """The end that was given is the last part's; one that would go on beyond it ends there."""
        end = _end(self.new)
        if end == _end(self.shown):
            return parts
        if end.startswith("COUNT"):
            return list(_counted(parts, int(end.removeprefix("COUNT="))))
        until = _last_day(end)
        found: Left = []
        for n, part in enumerate(parts):
            is_last = n == len(parts) - 1
            if part and (is_last or (until and (_last(part) or date.max) > until)):
                found.append(_first(replace(part, rule=_rule(_days(part), end))))
            else:
                found.append(part)
        return found

    def with_dates(self, parts: Left) -> Left:
        """With the exceptions and extra dates that came, without those that went."""
        left_out, was_out = _left_out(self.new), _left_out(self.shown)
        come = set(self.new.rdates) - set(self.shown.rdates)
        gone = set(self.shown.rdates) - set(self.new.rdates)
        found: Left = []
        for n, part in enumerate(parts):
            if part is None:
                found.append(None)
                continue
            mine = {each for each in come if self._home(each) == n}
            out = (_left_out(part) - (was_out - left_out)) | {
                day for day in left_out - was_out if _is_day_of(part, day)
            }
            found.append(
                replace(
                    part,
                    exdates=_at(out, part.starts_local.time()),
                    rdates=tuple(sorted((set(part.rdates) - gone) | mine)),
                )
            )
        return found

    def _home(self, moment: datetime) -> int:
        """Which part a moment belongs to: the one that has begun last."""
        begun = (n for n, part in enumerate(self.parts) if part.starts_local <= moment)
        return max(begun, default=0)

    def _since(self, begin: date) -> date:
        """The new rule's first day from `begin` on: every second week stays every second."""
        rule, first = recurrence.Rule.parse(_days(self.new)), self.new.starts_local
        after = datetime.combine(begin, first.time())
        end = after + timedelta(days=rules.FIRST_WITHIN[-1])
        return next(recurrence.between(rule, first, after, end), after).date()


def _counted(parts: Left, left: int) -> Iterator[Timing | None]:
    """So many sessions in all: each part as many as it has, the last one what is left."""
    for n, part in enumerate(parts):
        if part is None or left <= 0:
            yield None
            continue
        rule = recurrence.Rule.parse(part.rule)
        is_last = n == len(parts) - 1 or not rule.is_bounded
        number = left if is_last else len(recurrence.expand(rule, part.starts_local))
        yield part if number < left else replace(part, rule=_rule(_days(part), f"COUNT={left}"))
        left -= number


def _with_own(part: Timing, shown: Timing, new: Timing) -> Timing:
    """With its length and its choices, as far as they were changed."""
    changed = {name: getattr(new, name) for name in OWN}
    return replace(part, **{n: v for n, v in changed.items() if v != getattr(shown, n)})


def _first(timing: Timing) -> Timing | None:
    """Counted from its own first instance; None when it has none."""
    try:
        return rules.first(timing)
    except Refused:
        return None


def _dates(timing: Timing) -> tuple[datetime, ...]:
    return timing.dates or (timing.starts_local,)


def _left_out(timing: Timing) -> set[date]:
    return {each.date() for each in timing.exdates}


def _at(days: set[date], at: time) -> tuple[datetime, ...]:
    return tuple(datetime.combine(day, at) for day in sorted(days))


def _is_day_of(timing: Timing, day: date) -> bool:
    start = datetime.combine(day, timing.starts_local.time())
    rule = recurrence.Rule.parse(timing.rule)
    end = start + timedelta(seconds=1)
    return any(recurrence.between(rule, timing.starts_local, start, end))


def _days(timing: Timing) -> str:
    """The rule without its end."""
    return ";".join(f"{n}={v}" for n, v in _parts_of(timing) if n not in {"COUNT", "UNTIL"})


def _end(timing: Timing) -> str:
    """The end of the rule, "" of one without."""
    return ";".join(f"{n}={v}" for n, v in _parts_of(timing) if n in {"COUNT", "UNTIL"})


def _parts_of(timing: Timing) -> tuple[tuple[str, str], ...]:
    return recurrence.Rule.parse(timing.rule).parts


def _last(timing: Timing) -> date | None:
    """The day of its rule's last instance, None when it goes on."""
    rule = recurrence.Rule.parse(timing.rule)
    found = recurrence.expand(rule, timing.starts_local) if rule.is_bounded else []
    return found[-1].date() if found else None


def _last_day(end: str) -> date | None:
    return date.fromisoformat(end.removeprefix("UNTIL=")[:8]) if end else None


def _until(timing: Timing) -> str:
    """The end of the rule as a date: of one that counts, its last instance's."""
    last, end = _last(timing), _end(timing)
    return f"UNTIL={last:%Y%m%d}" if last and end.startswith("COUNT") else end


def _rule(days: str, end: str) -> str:
    return ";".join(filter(None, (days, end)))
