"""Large neighbourhood search: free some activities that lie close, solve them exactly, go on.

Which ones is drawn by what has helped so far (Ropke and Pisinger 2006): around an unplaced or a
costly activity (Shaw 1998), of one day, of one district and its neighbours, of one scarce field
or kind. A window that is solved quickly makes the next one larger.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from events.planner.board import Board, Spot
from events.planner.dice import Dice
from events.planner.engine import Engine, Outcome
from events.planner.instance import Instance
from events.planner.offers import Breadth, Offer, offer
from events.planner.people import Kind
from events.planner.problem import DAY
from events.planner.stop import Stop
from events.planner.tally import Tally
from events.planner.windows import Window

USUAL = Breadth(choices=12, people=4, teams=3, asked=20)
SEARCHED = Breadth(choices=100, people=12, teams=6, asked=400)
"""For an activity that is left out."""
SECONDS = 2.0
"""For one window."""
LEAST, FIRST, MOST = 8, 30, 200
"""Activities of a window: the fewest, of the first one, the most."""


@dataclass(slots=True)
class Neighbourhood:
    """A way to choose what is freed, and how much it has brought lately."""

    name: str
    choose: Callable[[int], list[int]]
    worth: float = 1.0
    size: float = FIRST


class Improver:
    """Improves a board window by window; the board is always legal."""

    def __init__(self, board: Board, tally: Tally, engine: Engine, dice: Dice) -> None:
        self._board = board
        self._instance: Instance = board.instance
        self._engine = engine
        self._dice = dice
        self._tally = tally
        self._now = self._tally.cost()
        self._with_kits = [
            n
            for n, needs in enumerate(self._instance.needs)
            if any(need.kind is Kind.KIT for need in needs)
        ]
        self._ways = [
            Neighbourhood("district", self._near),
            Neighbourhood("day", self._of_day),
            Neighbourhood("people", self._rivals),
            Neighbourhood("kits", self._touring),
            Neighbourhood("unplaced", self._around_unplaced),
            Neighbourhood("costly", self._around_costly),
        ]

    def run(
        self, stop: Stop, on_better: Callable[[], None], *, patience: int | None = None
    ) -> None:
        """Solve windows until the stop, or until `patience` of them in a row brought nothing."""
        idle = 0
        while not stop.over() and idle != patience:
            way = self._draw()
            gain = self._window(way, stop)
            idle = 0 if gain > 0 else idle + 1
            way.worth = 0.8 * way.worth + 0.2 * (1.0 if gain > 0 else 0.05)
            stop.count()
            if gain > 0:
                on_better()

    def _draw(self) -> Neighbourhood:
        asked = {"unplaced": self._board.unplaced(), "kits": self._with_kits}
        ways = [way for way in self._ways if asked.get(way.name, True)]
        return self._dice.choices(ways, weights=[way.worth + 0.05 for way in ways])[0]

    def _window(self, way: Neighbourhood, stop: Stop) -> int:
        """Solve one window; how many points it brought."""
        free = way.choose(int(way.size))
        old = {activity: self._board.take(activity) for activity in free}
        offers = [self._offer(activity, old[activity]) for activity in free]
        seconds = min(SECONDS, stop.left())
        solution = Window(self._board, offers, old).solve(self._engine, max(seconds, 0.05))
        self._resize(way, solution.outcome, solution.effort)
        gain = 0
        if solution.spots and solution.spots != old:
            self._board.lay(solution.spots)
            after = self._tally.cost()
            gain = self._now - after
            if gain >= 0:
                self._now = after
                return gain
        self._board.lay(old)
        return 0

    def _offer(self, activity: int, old: Spot | None) -> Offer:
        if old is None:
            choices = self._instance.all_choices(activity)
            return offer(self._board, activity, old, choices, SEARCHED)
        choices = self._instance.pool(activity, self._dice)
        return offer(self._board, activity, old, choices, USUAL)

    def _resize(self, way: Neighbourhood, outcome: Outcome, effort: float) -> None:
        if outcome is Outcome.OPTIMAL and effort < SECONDS / 2:
            way.size = min(way.size * 1.15, MOST, len(self._instance.activities))
        elif outcome is not Outcome.OPTIMAL:
            way.size = max(way.size * 0.8, LEAST)

    def _near(self, size: int) -> list[int]:
        """Around any activity: what lies close in place and time."""
        return self._around(self._dice.randrange(len(self._instance.activities)), size)

    def _of_day(self, size: int) -> list[int]:
        """Activities of one day, wherever they are."""
        day = self._dice.randrange(len(self._instance.problem.days))
        there = [n for n, spot in enumerate(self._board.spots) if spot and _day(spot) == day]
        return self._dice.sample(there, min(size, len(there)))

    def _rivals(self, size: int) -> list[int]:
        """Activities that ask for the same people."""
        asking = [n for n, needs in enumerate(self._instance.needs) if needs]
        if not asking:
            return self._near(size)
        need = self._dice.choice(self._instance.needs[self._dice.choice(asking)])
        who = set(need.qualified)
        rivals = [
            n for n in asking if any(who.intersection(x.qualified) for x in self._instance.needs[n])
        ]
        return self._dice.sample(rivals, min(size, len(rivals)))

    def _touring(self, size: int) -> list[int]:
        """Activities with kits, of any kind: a kit's way is one through the whole campaign."""
        return self._dice.sample(self._with_kits, min(size, len(self._with_kits)))

    def _around_unplaced(self, size: int) -> list[int]:
        """One that is left out, what holds its choices, and what lies close to those."""
        activity = self._dice.choice(self._board.unplaced())
        found = {activity: None}
        for venue, start, _ in self._instance.pool(activity, self._dice)[:60]:
            for other in self._board.in_the_way(activity, venue, start):
                found.setdefault(other)
            if len(found) >= size:
                break
        rest = [n for n in self._around(activity, size) if n not in found]
        return [*found, *rest][:size]

    def _around_costly(self, size: int) -> list[int]:
        """Around an activity that costs something alone."""
        costs = self._tally.alone
        if not any(costs):
            return self._near(size)
        activity = self._dice.choices(range(len(costs)), costs)[0]
        return self._around(activity, size)

    def _around(self, activity: int, size: int) -> list[int]:
        place, day = self._whereabouts(activity)
        roads = self._instance.minutes
        days = self._dice.choice((10, 60, 300))
        keys = []
        for n in range(len(self._instance.activities)):
            there, then = self._whereabouts(n)
            way = roads[place][there] if roads else 30 * (place != there)
            keys.append((way + days * abs(then - day) + 40 * self._dice.random(), n))
        keys[activity] = (-1.0, activity)
        return [n for _, n in sorted(keys)[:size]]

    def _whereabouts(self, activity: int) -> tuple[int, int]:
        """District and day of an activity; of one that is left out, as it is wished."""
        spot = self._board.spots[activity]
        if spot is not None:
            return self._instance.district[spot.venue], _day(spot)
        return self._instance.wished(activity)


def _day(spot: Spot) -> int:
    return spot.start // DAY
