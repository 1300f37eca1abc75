"""The least repair of a plan's first stage: who was hit finds a place, as few others as can move.

Neighbourhoods grow: only what was hit (R0), what holds the rooms and people that it could have
(R1), the same districts and days (R2), all. The first one in which everything is placed ends the
search: R0 disturbs nobody but those who were hit, and wider ones cannot do better than that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from events.planner import candidates, disturbance
from events.planner.answer import Placement, Plan
from events.planner.board import NOWHERE, Board, Duty, Spot
from events.planner.draft import Draft
from events.planner.engine import Engine
from events.planner.instance import Choice, Instance
from events.planner.offers import Breadth, Offer, offer
from events.planner.people import Kind, held
from events.planner.problem import DAY, Problem, Volunteer
from events.planner.stop import Stop
from events.planner.windows import Window

NEAR = Breadth(choices=24, people=6, teams=4, asked=80)
"""What an activity that was hit is offered, the least disturbing first; its old crew always."""
WIDE = Breadth(choices=400, people=12, teams=8, asked=400)
"""The same, where `NEAR` leaves it out or what it left off might disturb less."""
NARROW = Breadth(choices=60, people=6, teams=4, asked=40)
"""The same for those that may make room."""
RINGS = (60, 150, 400)
"""Activities that R1, R2 and the last ring free at most."""
AROUND = 25
"""Activities from each of R1 and R2 that may move for a better balance."""
LOOKED_AT = 200
"""Choices of an activity at which R1 looks for what is in the way."""
SHARED = 60
"""Points that one activity can cause in terms that it shares with others, about."""
REPLACED = 2
"""People disturbed by a volunteer who cannot come: that one, and who comes instead."""
SECONDS = 8.0
"""For one window at most."""
DEAR = 1_000_000
"""Points for leaving an activity out that no balance can outweigh."""
FEES = {Kind.EXPERT: disturbance.EXPERT, Kind.KIT: disturbance.KIT, Kind.TEAM: disturbance.TEAM}


@dataclass(frozen=True, slots=True)
class Weights:
    """Of what is left out, and of D of activities that were not hit and that were, over points."""

    out: int
    others: int
    hit: int


class Mend:
    """Mends the placements of an old plan; activities are by their index in the problem.

    `broken` are the activities that the checker names, and new ones: all others are laid down as
    they were, unasked.
    """

    def __init__(
        self, problem: Problem, old: Plan, broken: Collection[str], engine: Engine, stop: Stop
    ) -> None:
        self.instance = Instance(problem, candidates.find(problem))
        self._board = Board(self.instance)
        self._engine = engine
        self._stop = stop
        self._before = disturbance.by_activity(old.placements)
        self._hit: set[int] = set()
        self._lay_down({self.instance.place[key] for key in broken})
        self._volunteers = _Duties(self._board, old)

    def run(self) -> tuple[Placement, ...]:
        """Placements after the repair, in the order of the activities."""
        hit = [n for n in sorted(self._hit) if not self._is_hopeless(n)]
        waiting = [n for n in self._board.unplaced() if n not in self._hit]
        if hit and not self._solve([*hit, *waiting], NEAR):
            self._solve([*hit, *waiting], WIDE)
        for ring in (self._in_the_way, self._same_days, self._nearest):
            left = [n for n in hit if self._board.spots[n] is None]
            if not left or self._stop.over():
                break
            self._solve(list(dict.fromkeys([*hit, *ring(left)])), WIDE)
        return self._placements()

    def balance(self, weight: int) -> tuple[Placement, ...]:
        """What lies around those that were hit may move for points that outweigh its D."""
        hit = sorted(self._hit)
        near = dict.fromkeys([*self._in_the_way(hit)[:AROUND], *self._same_days(hit)])
        free = dict.fromkeys([*hit, *list(near)[: 2 * AROUND]])
        self._solve(list(free), NEAR, Weights(DEAR, weight, weight))
        return self._placements()

    def _lay_down(self, broken: Collection[int]) -> None:
        """All that can stand as it was, the more firmly promised first; what cannot was hit."""
        activities = self.instance.activities
        for n, activity in enumerate(activities):
            placement = self._before.get(activity.id)
            if placement is not None and n not in broken:
                self._board.put(n, self._spot(n, placement))
        for n in sorted(broken, key=lambda n: (-activities[n].commitment, n)):
            placement = self._before.get(activities[n].id)
            if placement is None or not self._board.try_to_place(placement):
                self._hit.add(n)

    def _spot(self, activity: int, placement: Placement) -> Spot:
        """A legal placement by index; of a team that nobody asked for nothing is known."""
        crew = self._names(placement)[: len(self.instance.needs[activity])]
        venue = self.instance.venue_place[placement.venue]
        backup = self.instance.venue_place.get(placement.backup or "", NOWHERE)
        return Spot(venue, placement.start, tuple(self.instance.who[x] for x in crew), backup)

    def _placements(self) -> tuple[Placement, ...]:
        """Of all that is laid down; where nothing moved, what was said before."""
        found = []
        for now in self._board.placements():
            was = self._before.get(now.activity, now)
            is_same = was == replace(now, team=was.team) and now.team in (None, was.team)
            found.append(was if is_same else now)
        return tuple(found)

    def _is_hopeless(self, activity: int) -> bool:
        """Nowhere to be, or nobody to serve, whatever makes room."""
        needs = self.instance.needs[activity]
        return not self.instance.count(activity) or not all(need.qualified for need in needs)

    def _solve(self, free: list[int], breadth: Breadth, weights: Weights | None = None) -> bool:
        """The best spots of some activities while all others stay.

        Whether those that were hit all have one, and none that was left off disturbs less.
        """
        old = {n: self._board.take(n) for n in free}
        offers = [self._offer(n, old[n], breadth if n in self._hit else NARROW) for n in free]
        weights = weights or self._weights(offers)
        window = Window(self._board, [self._weighed(x, weights) for x in offers], old)
        for n in free:
            self._charge(window.draft, n, weights)
        seconds = max(0.05, min(SECONDS, self._stop.left()))
        spots = window.solve(self._engine, seconds).spots or old
        for n, spot in spots.items():
            if spot is not None:
                self._board.put(n, spot)
        return all(self._is_settled(x, breadth) for x in offers if x.activity in self._hit)

    def _charge(self, draft: Draft, activity: int, weights: Weights) -> None:
        """For leaving an activity out, and for whoever did not serve it before."""
        price = weights.out * self.instance.activities[activity].priority
        draft.charge(price, draft.out[activity])
        known = self._known(activity)
        for need, some in zip(self.instance.needs[activity], draft.y[activity], strict=True):
            fee = FEES[need.kind] * self._weight(activity, weights) if known else 0
            for who, literal in some.items():
                draft.charge(0 if who in known else fee, literal)

    def _is_settled(self, one: Offer, breadth: Breadth) -> bool:
        """Placed, and at a price that no choice beats which came after those of the offer."""
        spot, n = self._board.spots[one.activity], one.activity
        if spot is None:
            return False
        strangers = set(spot.crew) - self._known(n)
        fees = sum(FEES[self.instance.resources[who].kind] for who in strangers)
        dearest = max(self._disturbance(n, x[0], x[1]) for x in one.choices)
        price = fees + self._disturbance(n, spot.venue, spot.start)
        return len(one.choices) < breadth.choices or price <= dearest

    def _offer(self, activity: int, old: Spot | None, breadth: Breadth) -> Offer:
        """With whoever served it before among the people of each need."""
        found = offer(self._board, activity, old, self._ranked(activity), breadth)
        known = self._known(activity)
        people = tuple(
            tuple(dict.fromkeys([*(x for x in need.qualified if x in known), *some]))
            for need, some in zip(self.instance.needs[activity], found.people, strict=True)
        )
        return replace(found, people=people)

    def _ranked(self, activity: int) -> list[Choice]:
        """Possible choices, the least disturbing first, volunteers included."""
        choices = self.instance.all_choices(activity)
        before = self._before.get(self.instance.activities[activity].id)
        if before is None:
            return choices
        choices.sort(key=lambda x: (self._moved(before, x[0], x[1]), x[2]))
        near = choices[: 2 * WIDE.choices]
        return sorted(near, key=lambda x: (self._disturbance(activity, x[0], x[1]), x[2]))

    def _disturbance(self, activity: int, venue: int, start: int) -> int:
        """Of venue, start and volunteers, before the stage's factor."""
        before = self._before.get(self.instance.activities[activity].id)
        if before is None:
            return 0
        absent = self._volunteers.absent(activity, venue, start)
        return self._moved(before, venue, start) + REPLACED * disturbance.VOLUNTEER * absent

    def _moved(self, before: Placement, venue: int, start: int) -> int:
        return disturbance.of_choice(before, self.instance.problem.venues[venue].id, start)

    def _known(self, activity: int) -> set[int]:
        """Who served it before, by their index among the resources."""
        before = self._before.get(self.instance.activities[activity].id)
        names = [] if before is None else self._names(before)
        return {self.instance.who[name] for name in names}

    def _names(self, placement: Placement) -> list[tuple[Kind, str]]:
        """Whom a placement names: experts, kits, team."""
        teams = () if placement.team is None else (placement.team,)
        return [
            *((Kind.EXPERT, x) for x in placement.experts),
            *((Kind.KIT, x) for x in placement.kits),
            *((Kind.TEAM, x) for x in teams),
        ]

    def _weights(self, offers: Iterable[Offer]) -> Weights:
        """Each greater than all that the lesser ones can come to in this window."""
        most = {True: 1, False: 1}
        soft = 1
        for one in offers:
            n = one.activity
            fees = sum(FEES[need.kind] for need in self.instance.needs[n])
            worst = fees + max((self._disturbance(n, x[0], x[1]) for x in one.choices), default=0)
            most[n in self._hit] += int(self.instance.activities[n].commitment) * worst
            soft += SHARED + max((x[2] for x in one.choices), default=0)
        others = soft * most[True]
        return Weights(out=others * most[False], others=others, hit=soft)

    def _weight(self, activity: int, weights: Weights) -> int:
        stage = int(self.instance.activities[activity].commitment)
        return stage * (weights.hit if activity in self._hit else weights.others)

    def _weighed(self, one: Offer, weights: Weights) -> Offer:
        """The same choices at the price of what they disturb."""
        weight = self._weight(one.activity, weights)
        choices = tuple(
            (venue, start, cost + weight * self._disturbance(one.activity, venue, start), dry)
            for venue, start, cost, dry in one.choices
        )
        return replace(one, choices=choices)

    def _in_the_way(self, left: list[int]) -> list[int]:
        """What holds the rooms, tracks and people that those left out could have; R1."""
        counts: Counter[int] = Counter()
        for n in left:
            for venue, start, _ in self._ranked(n)[:LOOKED_AT]:
                found = self._board.in_the_way(n, venue, start)
                for need in self.instance.needs[n]:
                    begin, end = held(self.instance.activities[n], need.kind, start)
                    for who in need.qualified:
                        found |= self._board.rivals(who, Duty(begin, end, venue, start))
                counts.update(found)
        return [n for n, _ in counts.most_common(RINGS[0])]

    def _same_days(self, left: list[int]) -> list[int]:
        """What lies in the districts and on the days where those left out could be; R2."""
        where = Counter(
            (self.instance.district[venue], start // DAY)
            for n in left
            for venue, start, _ in self._ranked(n)[:LOOKED_AT]
        )
        near = [
            (-where[self.instance.district[spot.venue], spot.start // DAY], n)
            for n, spot in enumerate(self._board.spots)
            if spot is not None
        ]
        return [n for count, n in sorted(near)[: RINGS[1]] if count]

    def _nearest(self, left: list[int]) -> list[int]:
        """R1 and R2, then anything."""
        near = dict.fromkeys([*self._in_the_way(left), *self._same_days(left)])
        rest = (n for n in range(len(self.instance.activities)) if n not in near)
        return [*near, *rest][: RINGS[2]]


class _Duties:
    """Which volunteers of the old plan could not follow an activity to another place or time."""

    def __init__(self, board: Board, old: Plan) -> None:
        self._board = board
        known = {x.id: x for x in board.instance.problem.volunteers}
        self._serving: dict[int, list[Volunteer]] = defaultdict(list)
        self._lines: dict[str, list[int]] = defaultdict(list)
        for x in old.assignments:
            n = board.instance.place.get(x.activity)
            if n is not None and x.volunteer in known and known[x.volunteer].skills:
                self._serving[n].append(known[x.volunteer])
                self._lines[x.volunteer].append(n)

    def absent(self, activity: int, venue: int, start: int) -> int:
        """How many could not come, as far as other activities stand now."""
        end = start + self._board.instance.activities[activity].minutes
        return sum(
            not self._can_come(volunteer, activity, (start, end), venue)
            for volunteer in self._serving[activity]
        )

    def _can_come(
        self, volunteer: Volunteer, activity: int, session: tuple[int, int], venue: int
    ) -> bool:
        """Neither off nor on the way from another duty, nor tired of the day's."""
        if not _is_around(volunteer, *session):
            return False
        contract, duties, minutes = volunteer.contract, 1, session[1] - session[0]
        for other in self._lines[volunteer.id]:
            spot, instance = self._board.spots[other], self._board.instance
            if spot is None or other == activity:
                continue
            length = instance.activities[other].minutes
            way = instance.way(spot.venue, venue)
            if session[0] < spot.start + length + way and spot.start < session[1] + way:
                return False
            if spot.start // DAY == session[0] // DAY:
                duties, minutes = duties + 1, minutes + length
        return duties <= (contract.most_per_day or duties) and minutes <= (
            contract.most_minutes_per_day or minutes
        )


def _is_around(volunteer: Volunteer, start: int, end: int) -> bool:
    if start // DAY in volunteer.days_off:
        return False
    windows = volunteer.windows
    return not windows or any(x.start <= start and end <= x.end for x in windows)
