"""What the other activities of a plan leave to one: venue-time by venue-time, no solver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations, pairwise

import numpy as np

from events.planner import spans
from events.planner.answer import Plan
from events.planner.candidates import Flags, Ints
from events.planner.explain.needs import Need, needs
from events.planner.laid import Laid, Overview
from events.planner.problem import DAY, Activity, Problem, Relation, Tie, Venue, Window


@dataclass(frozen=True, slots=True)
class Hindrance:
    """What stands against venue-times: its rule, where (n,), and which activities cause it."""

    rule: str
    against: Flags
    by: tuple[str, ...]


class Others:
    """A plan without one activity, asked about venue-times of that one."""

    def __init__(self, problem: Problem, plan: Plan, activity: Activity) -> None:
        rest = tuple(one for one in plan.placements if one.activity != activity.id)
        self._seen = Overview(problem, Plan(rest))
        self._activity = activity

    def hindrances(self, venues: Ints, starts: Ints) -> Iterator[Hindrance]:
        """For each rule what it forbids of the venue-times (n,), in the order of a waterfall."""
        yield self._track(starts)
        yield self._relations(starts)
        yield self._rooms(venues, starts)
        for kind in ("H4", "H5", "H6"):
            yield self._people(kind, venues, starts)

    def _track(self, starts: Ints) -> Hindrance:
        tracks = [one for one in self._seen.problem.tracks if self._activity.id in one.activities]
        others = [one for track in tracks for one in self._seen.together(track.activities)]
        end = starts + self._activity.minutes
        return _hindered("H11", starts, ((one, _meets(starts, end, one.session)) for one in others))

    def _relations(self, starts: Ints) -> Hindrance:
        broken: list[tuple[Laid, Flags]] = []
        for relation in self._seen.problem.relations:
            if self._activity.id in {relation.first, relation.second}:
                is_first = relation.first == self._activity.id
                other = self._seen.by_activity.get(relation.second if is_first else relation.first)
                if other is not None:
                    broken.append((other, ~self._keeps(relation, starts, other, first=is_first)))
        return _hindered("H8", starts, broken)

    def _keeps(self, relation: Relation, starts: Ints, other: Laid, *, first: bool) -> Flags:
        if relation.kind is Tie.BEFORE:
            if first:
                end = starts + self._activity.minutes
                return np.asarray(end + relation.amount <= other.session.start)
            return np.asarray(other.session.end + relation.amount <= starts)
        apart = np.abs(starts // DAY - other.day)
        if relation.kind is Tie.SAME_DAY:
            return np.asarray(apart == 0)
        least = 1 if relation.kind is Tie.OTHER_DAY else relation.amount
        return np.asarray(apart >= least)

    def _rooms(self, venues: Ints, starts: Ints) -> Hindrance:
        at: dict[str, list[Laid]] = {}
        for laid in self._seen.laid:
            at.setdefault(laid.venue.id, []).append(laid)
            if laid.placement.backup is not None:
                at.setdefault(laid.placement.backup, []).append(laid)
        first = starts - self._activity.setup
        last = starts + self._activity.minutes + self._activity.strike
        full: list[tuple[Laid, Flags]] = []
        for index, venue in enumerate(self._seen.problem.venues):
            for window, by in _full(at.get(venue.id, []), venue.rooms):
                meets = (venues == index) & _meets(first, last, window)
                full.extend((laid, meets) for laid in by)
        return _hindered("H3", starts, full)

    def _people(self, rule: str, venues: Ints, starts: Ints) -> Hindrance:
        """Where too few are free for the needs of a kind: Hall's condition over sets of needs."""
        asked = [one for one in needs(self._seen.problem, self._activity) if one.rule == rule]
        free = {who: self._free(need, who, venues, starts) for need in asked for who in need.able}
        against = np.zeros(len(starts), dtype=np.bool_)
        for many in range(1, len(asked) + 1):
            for some in combinations(asked, many):
                able = {who for need in some for who in need.able}
                count = np.zeros(len(starts), dtype=np.int64)
                for who in able:
                    count += free[who]
                against |= count < many
        busy = Counter(laid.activity.id for who in free for laid in self._served(rule, who))
        by = tuple(one for one, _ in busy.most_common(_MOST_NAMED))
        return Hindrance(rule, against, by)

    def _free(self, need: Need, who: str, venues: Ints, starts: Ints) -> Flags:
        """Where and when one expert, kit or team could serve beside all else that it serves."""
        first, last = need.begins(starts), need.ends(starts)
        resource = need.able[who]
        free = np.ones(len(starts), dtype=np.bool_)
        if resource.windows:
            inside = [(w.start <= first) & (last <= w.end) for w in spans.merged(resource.windows)]
            free &= np.logical_or.reduce(inside)
        if resource.area:
            inside_area = [one.district in resource.area for one in self._seen.problem.venues]
            free &= np.array(inside_area, dtype=np.bool_)[venues]
        served = self._served(need.rule, who)
        if resource.most is not None and len(served) >= resource.most:
            free[:] = False
        if resource.most_per_day is not None:
            days = Counter(laid.day for laid in served)
            full = [day for day, many in days.items() if many >= resource.most_per_day]
            free &= ~np.isin(starts // DAY, full) & (resource.most_per_day > 0)
        gap_to = self._gap(need.rule, who)
        for laid in served:
            gaps = np.array([gap_to(laid.venue, one) for one in self._seen.problem.venues])[venues]
            taken = laid.hold if need.rule == "H5" else laid.session
            free &= (last + gaps <= taken.start) | (taken.end + gaps <= first)
        return free

    def _served(self, rule: str, who: str) -> Sequence[Laid]:
        by = {"H4": self._seen.of_expert, "H5": self._seen.of_kit, "H6": self._seen.of_team}[rule]
        return by.get(who, ())

    def _gap(self, rule: str, who: str) -> Callable[[Venue, Venue], int]:
        roads = self._seen.roads
        if rule == "H4":
            return partial(roads.expert_gap, self._seen.experts[who])
        if rule == "H5":
            return partial(roads.kit_gap, self._seen.kits[who])
        return roads.minutes


_MOST_NAMED = 3


def _hindered(rule: str, starts: Ints, broken: Iterable[tuple[Laid, Flags]]) -> Hindrance:
    """All that is forbidden by any, and who forbids the most."""
    against = np.zeros(len(starts), dtype=np.bool_)
    counts: Counter[str] = Counter()
    for laid, flags in broken:
        against |= flags
        counts[laid.activity.id] += int(np.count_nonzero(flags))
    by = tuple(one for one, many in counts.most_common(_MOST_NAMED) if many)
    return Hindrance(rule, against, by)


def _meets(first: Ints, last: Ints, window: Window) -> Flags:
    return np.asarray((first < window.end) & (window.start < last))


def _full(laid: Sequence[Laid], rooms: int) -> Iterator[tuple[Window, list[Laid]]]:
    """Stretches in which all rooms are taken, and by whom."""
    times = sorted({at for one in laid for at in (one.hold.start, one.hold.end)})
    for start, end in pairwise(times):
        inside = [one for one in laid if one.hold.start <= start and end <= one.hold.end]
        if len(inside) >= rooms:
            yield Window(start, end), inside
