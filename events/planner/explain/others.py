"""What the other activities of a plan leave to one: venue-time by venue-time, no solver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from events.planner import spans
from events.planner.answer import Plan
from events.planner.candidates import Flags, Ints
from events.planner.explain.needs import Able, Need, needs
from events.planner.laid import Laid, Overview
from events.planner.problem import DAY, Activity, Problem, Relation, Tie, Window

FULL_DAY = "H3 of a day"
"""The part of H3 that counts what begins at a site on a day."""


@dataclass(frozen=True, slots=True)
class Hindrance:
    """What stands against venue-times: its rule, where (n,), and who does the most.

    asked: fields or kinds of which too few are free somewhere.
    """

    rule: str
    against: Flags
    by: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


class Others:
    """A plan without one activity, asked about venue-times of that one."""

    def __init__(self, problem: Problem, plan: Plan, activity: Activity) -> None:
        rest = tuple(one for one in plan.placements if one.activity != activity.id)
        self._seen = Overview(problem, Plan(rest))
        self._activity = activity
        self._needs = needs(problem, activity)
        self._ways = _Ways(problem)

    def hindrance(self, rule: str, venues: Ints, starts: Ints) -> Hindrance:
        """What a rule forbids of venue-times, (n,) each, `venues` ascending."""
        if rule == "H11":
            return self._track(starts)
        if rule == "H8":
            return self._relations(starts)
        if rule == "H3":
            return self._rooms(venues, starts)
        if rule == FULL_DAY:
            return self._days(venues, starts)
        return self._people(rule, venues, starts)

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
        first = starts - self._activity.setup
        last = starts + self._activity.minutes + self._activity.strike
        against = np.zeros(len(starts), dtype=np.bool_)
        counts: Counter[str] = Counter()
        held = self._held()
        for index, venue in enumerate(self._seen.problem.venues):
            low, high = np.searchsorted(venues, (index, index + 1)).tolist()
            for window, by in _full(held.get(venue.id, []), venue.rooms) if low < high else ():
                meets = _meets(first[low:high], last[low:high], window)
                against[low:high] |= meets
                many = int(np.count_nonzero(meets))
                counts.update({laid.activity.id: many for laid in by if many})
        return Hindrance("H3", against, _most(counts))

    def _days(self, venues: Ints, starts: Ints) -> Hindrance:
        """Days on which a site takes no more."""
        against = np.zeros(len(starts), dtype=np.bool_)
        for site in self._seen.problem.sites:
            here = np.array([one.site == site.id for one in self._seen.problem.venues])[venues]
            begun = Counter(one.day for one in self._seen.laid if one.venue.site == site.id)
            full = [day for day, most in enumerate(site.most_per_day) if begun[day] >= most]
            against |= here & np.isin(starts // DAY, full)
        return Hindrance(FULL_DAY, against)

    def _held(self) -> dict[str, list[Laid]]:
        """Who takes a room of each venue, kept for the rain or used."""
        held: dict[str, list[Laid]] = {}
        for laid in self._seen.laid:
            held.setdefault(laid.venue.id, []).append(laid)
            if laid.placement.backup is not None:
                held.setdefault(laid.placement.backup, []).append(laid)
        return held

    def _people(self, rule: str, venues: Ints, starts: Ints) -> Hindrance:
        """Where too few are free for the needs of a kind: Hall's condition over sets of needs."""
        asked = [need for need in self._needs if need.rule == rule]
        against = np.zeros(len(starts), dtype=np.bool_)
        short: dict[str, None] = {}
        for many in range(1, len(asked) + 1):
            for some in combinations(asked, many):
                open_ = np.flatnonzero(~against)
                against[open_] = self._too_few(some, venues[open_], starts[open_])
                if against[open_].any():
                    short |= dict.fromkeys(need.asked for need in some)
        return Hindrance(rule, against, asked=tuple(short))

    def _too_few(self, some: Sequence[Need], venues: Ints, starts: Ints) -> Flags:
        """Where fewer are free than there are needs; who is found everywhere ends the search."""
        able = {who: (need, one) for need in some for who, one in need.able.items()}
        count = np.zeros(len(starts), dtype=np.int64)
        short = np.arange(len(starts))
        for need, one in able.values():
            count[short] += self._free(need, one, venues[short], starts[short])
            short = short[count[short] < len(some)]
            if not len(short):
                break
        return np.asarray(count < len(some))

    def _free(self, need: Need, able: Able, venues: Ints, starts: Ints) -> Flags:
        """Where and when one expert, kit or team could serve beside all else that it serves."""
        first, last = need.begins(starts), need.ends(starts)
        free = np.ones(len(starts), dtype=np.bool_)
        if able.windows:
            inside = [(w.start <= first) & (last <= w.end) for w in spans.merged(able.windows)]
            free &= np.logical_or.reduce(inside)
        if able.area:
            free &= self._ways.within(able.area)[venues]
        served = self._served(need.rule, able.id)
        if able.most is not None and len(served) >= able.most:
            free[:] = False
        if able.most_per_day is not None:
            days = Counter(laid.day for laid in served)
            full = [day for day, many in days.items() if many >= able.most_per_day]
            free &= ~np.isin(starts // DAY, full) & (able.most_per_day > 0)
        for laid in served:
            gaps = able.pause + self._ways.to(laid.venue.id, able.moving)[venues]
            taken = laid.hold if need.rule == "H5" else laid.session
            free &= (last + gaps <= taken.start) | (taken.end + gaps <= first)
        return free

    def _served(self, rule: str, who: str) -> Sequence[Laid]:
        by = {"H4": self._seen.of_expert, "H5": self._seen.of_kit, "H6": self._seen.of_team}[rule]
        return by.get(who, ())


class _Ways:
    """Minutes from one venue to all others, as `Roads` has them."""

    def __init__(self, problem: Problem) -> None:
        place = {district.id: at for at, district in enumerate(problem.districts)}
        self._at = {venue.id: at for at, venue in enumerate(problem.venues)}
        self._places = np.array([place[venue.district] for venue in problem.venues], dtype=np.int64)
        sites: dict[str, int] = {}
        names = [venue.site or f"only {at}" for at, venue in enumerate(problem.venues)]
        self._sites = np.array([sites.setdefault(name, len(sites)) for name in names])
        size = len(problem.districts)
        minutes = problem.travel.minutes or ((0,) * size,) * size
        self._minutes = np.array(minutes, dtype=np.int64).reshape(size, size)
        self._districts = [venue.district for venue in problem.venues]
        self._known: dict[tuple[str, int], Ints] = {}

    def to(self, venue: str, moving: int) -> Ints:
        """Minutes between a venue and each other one; `moving` comes on top between sites."""
        if (venue, moving) not in self._known:
            at = self._at[venue]
            ways = self._minutes[self._places[at]][self._places] + moving
            self._known[venue, moving] = np.where(self._sites == self._sites[at], 0, ways)
        return self._known[venue, moving]

    def within(self, area: frozenset[str]) -> Flags:
        """Which venues are in some districts."""
        return np.array([district in area for district in self._districts], dtype=np.bool_)


_MOST_NAMED = 3


def _most(counts: Counter[str]) -> tuple[str, ...]:
    return tuple(one for one, many in counts.most_common(_MOST_NAMED) if many)


def _hindered(rule: str, starts: Ints, broken: Iterable[tuple[Laid, Flags]]) -> Hindrance:
    """All that is forbidden by any, and who forbids the most."""
    against = np.zeros(len(starts), dtype=np.bool_)
    counts: Counter[str] = Counter()
    for laid, flags in broken:
        against |= flags
        counts[laid.activity.id] += int(np.count_nonzero(flags))
    return Hindrance(rule, against, _most(counts))


def _meets(first: Ints, last: Ints, window: Window) -> Flags:
    return np.asarray((first < window.end) & (window.start < last))


def _full(laid: Sequence[Laid], rooms: int) -> Iterator[tuple[Window, list[Laid]]]:
    """Stretches in which all rooms are taken, and by whom."""
    if len(laid) < rooms:
        return
    times = sorted({at for one in laid for at in (one.hold.start, one.hold.end)})
    for start, end in pairwise(times):
        inside = [one for one in laid if one.hold.start <= start and end <= one.hold.end]
        if len(inside) >= rooms:
            yield Window(start, end), inside
