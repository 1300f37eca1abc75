"""Where everything lies now: what is free, who could come, what stands in the way.

A board never breaks a hard rule of the first stage: `put` is only called for what `fits` and
`crew` have allowed. Activities, venues and resources are their indexes of `Instance`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from events.planner.answer import Placement
from events.planner.instance import Bond, Instance
from events.planner.people import Crew, Kind, held
from events.planner.problem import DAY, Tie

NOWHERE = -1
TEAMS = 4
"""Free teams that are looked for when one is asked."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one activity lies, and who serves it."""

    venue: int
    start: int
    crew: Crew
    backup: int = NOWHERE


@dataclass(frozen=True, slots=True)
class Duty:
    """From when until when, and where, a resource is held; visitors come at `session`."""

    begin: int
    end: int
    venue: int
    session: int


class Board:
    """The activities that are placed, with rooms, tracks and people taken by them."""

    def __init__(self, instance: Instance) -> None:
        problem = instance.problem
        self.instance = instance
        self.spots: list[Spot | None] = [None] * len(instance.activities)
        self.duties: list[dict[int, Duty]] = [{} for _ in instance.resources]
        self._holders: list[dict[tuple[int, bool], int]] = [{} for _ in problem.venues]
        self._levels = [[0] * venue.rooms for venue in problem.venues]
        self._tracks = [0] * len(problem.tracks)
        self._guests: dict[tuple[int, int], set[int]] = defaultdict(set)
        self.touched: set[int] = set()
        self.called: set[int] = set()

    def unplaced(self) -> list[int]:
        """Activities that are left out."""
        return [n for n, spot in enumerate(self.spots) if spot is None]

    def full(self, venue: int) -> int:
        """The ticks at which no room is left."""
        return self._levels[venue][-1] if self._levels[venue] else -1

    def count(self, venue: int) -> list[int]:
        """Masks of ticks at which at least one, two, ... rooms are taken."""
        return self._levels[venue]

    def fits(self, activity: int, venue: int, start: int) -> bool:
        """Whether room, tracks and relations allow it; people are asked by `crew`."""
        asked = self.instance.activities[activity]
        if self.full(venue) & self.instance.hold(asked, start) or not self.left(venue, start):
            return False
        session = self.instance.mask(start, start + asked.minutes)
        if any(self._tracks[track] & session for track in self.instance.tracks[activity]):
            return False
        return all(self.agrees(activity, start, bond) for bond in self.instance.bonds[activity])

    def left(self, venue: int, start: int) -> int:
        """How many more activities the venue's site takes on the day of a start."""
        most, day = self.instance.most_per_day[venue], start // DAY
        if not most:
            return len(self.spots)
        return max(0, most[day] - len(self._guests[self.instance.site[venue], day]))

    def agrees(self, activity: int, start: int, bond: Bond) -> bool:
        """Whether a start keeps a relation, as far as the other one is placed."""
        other = self.spots[bond.other]
        if other is None:
            return True
        mine, its = (activity, start), (bond.other, other.start)
        first, second = (mine, its) if bond.is_first else (its, mine)
        ended = first[1] + self.instance.activities[first[0]].minutes
        return keeps(bond.relation.kind, bond.relation.amount, (first[1], ended), second[1])

    def crew(self, activity: int, venue: int, start: int) -> Crew | None:
        """Free resources for all needs, the least strained first; None if there are not enough."""
        options = [
            (position, self.able(activity, position, venue, start))
            for position in range(len(self.instance.needs[activity]))
        ]
        options.sort(key=lambda option: len(option[1]))
        chosen = _distinct([who for _, who in options])
        if chosen is None:
            return None
        crew = [NOWHERE] * len(options)
        for (position, _), who in zip(options, chosen, strict=True):
            crew[position] = who
        return tuple(crew)

    def able(self, activity: int, position: int, venue: int, start: int) -> list[int]:
        """Who could fill one need of an activity there and then, the least strained first."""
        need = self.instance.needs[activity][position]
        begin, end = held(self.instance.activities[activity], need.kind, start)
        duty = Duty(begin, end, venue, start)
        if need.kind is Kind.TEAM:
            return self._some_team(activity, need.qualified, duty)
        found = [
            (self._strain(who, duty), who) for who in need.qualified if self.is_free(who, duty)
        ]
        return [who for _, who in sorted(found)]

    def _some_team(self, activity: int, qualified: Crew, duty: Duty) -> list[int]:
        """A few free teams: one is as good as another, so each activity begins elsewhere."""
        found: list[int] = []
        first = activity % max(1, len(qualified))
        for who in (*qualified[first:], *qualified[:first]):
            if self.is_free(who, duty):
                found.append(who)
                if len(found) == TEAMS:
                    break
        return found

    def is_free(self, who: int, duty: Duty) -> bool:
        """Whether a resource may take a duty beside those that it has."""
        resource, duties = self.instance.resources[who], self.duties[who]
        if not resource.serves(duty.begin, duty.end, self.instance.district[duty.venue]):
            return False
        if not duties:
            return resource.most_per_day != 0 and resource.most != 0
        if resource.most is not None and len(duties) >= resource.most:
            return False
        most = resource.most_per_day
        if most is not None and self._on_day(who, duty.session) >= most:
            return False
        return not any(self.clash(who, duty, other) for other in duties.values())

    def rivals(self, who: int, duty: Duty) -> set[int]:
        """Activities whose duty keeps a resource from this one, if they are few.

        Where a daily or campaign maximum is reached, any of the day's activities is a rival.
        """
        duties = self.duties[who]
        clashing = {n for n, other in duties.items() if self.clash(who, duty, other)}
        if clashing:
            return clashing if len(clashing) == 1 else set()
        return {n for n, other in duties.items() if other.session // DAY == duty.session // DAY}

    def clash(self, who: int, one: Duty, other: Duty) -> bool:
        """Whether a resource cannot serve both: they overlap, or the way takes too long."""
        gap = self.gap(who, one.venue, other.venue)
        return one.begin < other.end + gap and other.begin < one.end + gap

    def gap(self, who: int, a: int, b: int) -> int:
        """Least minutes between two duties of a resource."""
        resource = self.instance.resources[who]
        if self.instance.site[a] == self.instance.site[b]:
            return resource.pause
        return resource.pause + resource.moving + self.instance.way(a, b)

    def put(self, activity: int, spot: Spot) -> None:
        """Lay an activity down."""
        asked = self.instance.activities[activity]
        self.spots[activity] = spot
        self.touched.add(activity)
        self.called.update(spot.crew)
        hold = self.instance.hold(asked, spot.start)
        self._guests_with(spot).add(activity)
        self._occupy(spot.venue, (activity, False), hold)
        if spot.backup != NOWHERE:
            self._occupy(spot.backup, (activity, True), hold)
        session = self.instance.mask(spot.start, spot.start + asked.minutes)
        for track in self.instance.tracks[activity]:
            self._tracks[track] |= session
        for need, who in zip(self.instance.needs[activity], spot.crew, strict=True):
            begin, end = held(asked, need.kind, spot.start)
            self.duties[who][activity] = Duty(begin, end, spot.venue, spot.start)

    def take(self, activity: int) -> Spot | None:
        """Take an activity up; where it lay."""
        spot = self.spots[activity]
        if spot is None:
            return None
        self.spots[activity] = None
        self.touched.add(activity)
        self.called.update(spot.crew)
        self._guests_with(spot).remove(activity)
        self._release(spot.venue, (activity, False))
        if spot.backup != NOWHERE:
            self._release(spot.backup, (activity, True))
        asked = self.instance.activities[activity]
        session = self.instance.mask(spot.start, spot.start + asked.minutes)
        for track in self.instance.tracks[activity]:
            self._tracks[track] &= ~session
        for who in spot.crew:
            del self.duties[who][activity]
        return spot

    def lay(self, spots: Mapping[int, Spot | None]) -> dict[int, Spot | None]:
        """Lay activities down as told, None nowhere; how they lay before."""
        old = {activity: self.take(activity) for activity in spots}
        for activity, spot in spots.items():
            if spot is not None:
                self.put(activity, spot)
        return old

    def in_the_way(self, activity: int, venue: int, start: int) -> set[int]:
        """Activities that hold the room, the site's day or the tracks, or are tied against it."""
        asked = self.instance.activities[activity]
        hold = self.instance.hold(asked, start)
        found: set[int] = set()
        if self.full(venue) & hold:
            found |= {who for (who, _), mask in self._holders[venue].items() if mask & hold}
        if not self.left(venue, start):
            found |= self._guests[self.instance.site[venue], start // DAY]
        for bond in self.instance.bonds[activity]:
            if not self.agrees(activity, start, bond):
                found.add(bond.other)
        session = self.instance.mask(start, start + asked.minutes)
        mine = set(self.instance.tracks[activity])
        if any(self._tracks[track] & session for track in mine):
            for other, spot in enumerate(self.spots):
                if spot is not None and mine & set(self.instance.tracks[other]):
                    minutes = self.instance.activities[other].minutes
                    if spot.start < start + asked.minutes and start < spot.start + minutes:
                        found.add(other)
        return found

    def placements(self) -> tuple[Placement, ...]:
        """What lies on the board, by ids."""
        return tuple(self._placement(n, spot) for n, spot in enumerate(self.spots) if spot)

    def try_to_place(self, placement: Placement) -> bool:
        """Lay a placement down with the people that it names, if all that is possible."""
        instance = self.instance
        activity = instance.place.get(placement.activity)
        venue = instance.venue_place.get(placement.venue)
        if activity is None or venue is None or self.spots[activity] is not None:
            return False
        crew = self._named(activity, placement)
        duty_free = crew is not None and self._can_all(activity, venue, placement.start, crew)
        if crew is None or not duty_free or not self.fits(activity, venue, placement.start):
            return False
        if not instance.is_possible(activity, venue, placement.start):
            return False
        backup = instance.venue_place.get(placement.backup or "", NOWHERE)
        if backup not in self.dry(activity, placement.start):
            backup = NOWHERE
        self.put(activity, Spot(venue, placement.start, crew, backup))
        return True

    def dry(self, activity: int, start: int) -> list[int]:
        """Indoor venues with a room left for an activity at this time, in case it rains."""
        hold = self.instance.hold(self.instance.activities[activity], start)
        return [n for n in self.instance.backups(activity, start) if not self.full(n) & hold]

    def _named(self, activity: int, placement: Placement) -> Crew | None:
        """Whom a placement names, in the order of the needs; None if it does not name all."""
        teams = () if placement.team is None else (placement.team,)
        names = [(Kind.EXPERT, x) for x in placement.experts]
        names += [(Kind.KIT, x) for x in placement.kits]
        names += [(Kind.TEAM, x) for x in teams]
        needs = self.instance.needs[activity]
        crew = tuple(self.instance.who.get(name, NOWHERE) for name in names)
        if [kind for kind, _ in names] != [need.kind for need in needs]:
            return None
        fits = all(who in need.qualified for who, need in zip(crew, needs, strict=True))
        return crew if fits and len(set(crew)) == len(crew) else None

    def _can_all(self, activity: int, venue: int, start: int, crew: Crew) -> bool:
        asked = self.instance.activities[activity]
        return all(
            self.is_free(who, Duty(*held(asked, need.kind, start), venue, start))
            for need, who in zip(self.instance.needs[activity], crew, strict=True)
        )

    def _placement(self, activity: int, spot: Spot) -> Placement:
        venues, resources = self.instance.problem.venues, self.instance.resources
        by_kind: dict[Kind, list[str]] = {kind: [] for kind in Kind}
        for need, who in zip(self.instance.needs[activity], spot.crew, strict=True):
            by_kind[need.kind].append(resources[who].id)
        teams = by_kind[Kind.TEAM]
        return Placement(
            activity=self.instance.activities[activity].id,
            venue=venues[spot.venue].id,
            start=spot.start,
            team=teams[0] if teams else None,
            experts=tuple(by_kind[Kind.EXPERT]),
            kits=tuple(by_kind[Kind.KIT]),
            backup=None if spot.backup == NOWHERE else venues[spot.backup].id,
        )

    def _guests_with(self, spot: Spot) -> set[int]:
        """Who is at the same site on the same day."""
        return self._guests[self.instance.site[spot.venue], spot.start // DAY]

    def _occupy(self, venue: int, holder: tuple[int, bool], mask: int) -> None:
        self._holders[venue][holder] = mask
        _add(self._levels[venue], mask)

    def _release(self, venue: int, holder: tuple[int, bool]) -> None:
        del self._holders[venue][holder]
        levels = [0] * len(self._levels[venue])
        for mask in self._holders[venue].values():
            _add(levels, mask)
        self._levels[venue] = levels

    def _on_day(self, who: int, session: int) -> int:
        day = session // DAY
        return sum(duty.session // DAY == day for duty in self.duties[who].values())

    def _strain(self, who: int, duty: Duty) -> tuple[int, int, int]:
        """Thirds of a day first, then the way there, then how often it serves at all."""
        day = duty.session // DAY
        today = [other for other in self.duties[who].values() if other.session // DAY == day]
        if today:
            way = min(self.instance.way(duty.venue, other.venue) for other in today)
        else:
            way = self.instance.way_from(self.instance.resources[who].home, duty.venue)
        return max(0, len(today) - 1), way, len(self.duties[who])


def keeps(kind: Tie, amount: int, first: tuple[int, int], second: int) -> bool:
    """Whether a relation holds; `first` is start and end, `second` a start."""
    days = abs(second // DAY - first[0] // DAY)
    if kind is Tie.BEFORE:
        return second >= first[1] + amount
    if kind is Tie.SAME_DAY:
        return days == 0
    if kind is Tie.OTHER_DAY:
        return days > 0
    return days >= amount


def _add(levels: list[int], mask: int) -> None:
    for k in range(len(levels) - 1, 0, -1):
        levels[k] |= levels[k - 1] & mask
    levels[0] |= mask


def _distinct(options: Iterable[list[int]]) -> list[int] | None:
    """One of each list, all different, the first possible ones; None if there are none."""
    lists = list(options)
    chosen: list[int] = []

    def extend(at: int) -> bool:
        if at == len(lists):
            return True
        for who in lists[at]:
            if who not in chosen:
                chosen.append(who)
                if extend(at + 1):
                    return True
                chosen.pop()
        return False

    return chosen if extend(0) else None
