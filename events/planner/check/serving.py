"""What experts, kits and teams have in common: one thing at a time, and a way to the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from events.planner import spans
from events.planner.answer import Sentence
from events.planner.check.rule import Found, Seen
from events.planner.laid import Laid
from events.planner.problem import Venue, Window
from events.planner.wording import Said, count, length

Part = Callable[[Laid], Window]


def session_of(laid: Laid) -> Window:
    """The time for which people are needed."""
    return laid.session


def hold_of(laid: Laid) -> Window:
    """The time for which kits are needed."""
    return laid.hold


def miscounted(seen: Seen, laid: Laid, need: int, given: Sequence[str]) -> Iterator[Found]:
    """Not as many different ones as asked for."""
    have = len(set(given))
    if have != need or have != len(given):
        facts: dict[str, Said] = {
            "activity": seen.names.activity(laid.activity.id),
            "need": need,
            "have": have,
        }
        yield Found(facts, (laid.activity.id,), tuple(given), max(abs(need - have), 1))


def unavailable(
    seen: Seen,
    kind: type,
    name: str,
    windows: Iterable[Window],
    served: Sequence[Laid],
    part: Part = session_of,
) -> Iterator[Found]:
    """Duties outside of the windows of one who has any."""
    merged = spans.merged(windows)
    for laid in served if windows else ():
        if not spans.within(part(laid), merged):
            yield serving(seen, kind, name, [laid], {"session": seen.names.span(part(laid))})


def too_close(
    seen: Seen,
    kind: type,
    name: str,
    served: Sequence[Laid],
    gap_needed: Callable[[Venue, Venue], int],
    part: Part = session_of,
) -> Iterator[Found]:
    """Duties that do not overlap, with less between them than the way needs."""
    for before, after in _in_turn(served, part):
        gap = part(after).start - part(before).end
        needed = gap_needed(before.venue, after.venue)
        if 0 <= gap < needed:
            facts = {
                "after": seen.names.activity(after.activity.id),
                "gap": length(gap),
                "needed": length(needed),
            }
            yield serving(seen, kind, name, [before, after], facts, needed - gap)


def overlapping(
    seen: Seen, kind: type, name: str, served: Sequence[Laid], part: Part = session_of
) -> Iterator[Found]:
    """Duties that share minutes."""
    for before, after in _in_turn(served, part):
        shared = part(before).end - part(after).start
        if shared > 0 and before is not after:
            facts = {"after": seen.names.activity(after.activity.id)}
            yield serving(seen, kind, name, [before, after], facts, shared)


def sessions(number: int) -> Sentence:
    """So many sessions."""
    return count(number, "场", "session")


def _in_turn(served: Sequence[Laid], part: Part) -> Iterator[tuple[Laid, Laid]]:
    return pairwise(sorted(served, key=lambda laid: (part(laid).start, laid.activity.id)))


def too_many_a_day(
    seen: Seen, kind: type, name: str, most: int | None, served: Sequence[Laid]
) -> Iterator[Found]:
    """Days with more duties than `most`, if there is one."""
    if most is None:
        return
    for day, held in Counter(laid.day for laid in served).items():
        if held > most:
            that_day = [laid for laid in served if laid.day == day]
            facts: dict[str, Said] = {"held": sessions(held), "most": most}
            facts["day"] = seen.names.day(day)
            yield serving(seen, kind, name, that_day, facts, held - most)


def serving(
    seen: Seen,
    kind: type,
    name: str,
    served: Sequence[Laid],
    more: Mapping[str, Said],
    amount: int = 1,
) -> Found:
    """A case that concerns an expert, kit or team, at the activities that it serves."""
    activities = tuple(dict.fromkeys(laid.activity.id for laid in served))
    facts: dict[str, Said] = {
        "name": seen.names.of(kind, name),
        "activity": seen.names.activity(activities[0]),
        **more,
    }
    return Found(facts, activities, (name,), amount)
