"""What the first stage of a board costs, kept up to date: only what was touched is counted again.

The same points as `score` counts for UNPLACED, TIME, VENUE, CROWDING, BACKUP, COVERAGE, SPREAD,
COMPACT, ONE_VENUE, EXPERTS and KIT_TRAVEL; tests hold the two together.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from events.planner.answer import Score
from events.planner.board import NOWHERE, Board, Spot
from events.planner.people import Kind
from events.planner.problem import DAY, Problem, Term
from events.planner.roadbook import Roadbook
from events.planner.terms import (
    LARGEST_DEVIATION,
    PER_HOUR_OF_TRAVEL,
    TERMS,
    UNIT_KM,
    level,
    points,
)

SECOND_STAGE = frozenset({Term.WISHES, Term.FAIRNESS, Term.PLACES, Term.CHANGES})
"""Terms that volunteers decide; all others are the first stage's."""


def laid_cost(score: Score) -> int:
    """The first stage's part of a score."""
    return sum(cost for term, cost in score.by_term.items() if term not in SECOND_STAGE)


class Tally:
    """The first stage's points of a board; it has one tally, which clears what was touched."""

    def __init__(self, board: Board) -> None:
        problem = board.instance.problem
        self._board = board
        self._instance = board.instance
        self._road = Roadbook(board)
        self._expert = int(level(problem, Term.EXPERTS))
        self._kit = points(problem, Term.KIT_TRAVEL)
        self._groups = _Groups(problem, board)
        self.alone = [0] * len(board.spots)
        self._people = [0] * len(board.duties)
        self._coverage = _Coverage(problem, board)
        board.touched.update(range(len(board.spots)))
        board.called.update(range(len(board.duties)))

    def cost(self) -> int:
        """All points of the board as it lies."""
        touched = self._board.touched
        for activity in touched:
            self.alone[activity] = self._alone(activity)
        for who in self._board.called:
            self._people[who] = self._person(who)
        self._groups.count(touched)
        self._coverage.count(touched)
        touched.clear()
        self._board.called.clear()
        return sum(self.alone) + sum(self._people) + self._groups.cost + self._coverage.cost()

    def forget(self) -> None:
        """Count every activity anew: prices have changed."""
        self._board.touched.update(range(len(self._board.spots)))

    def _alone(self, activity: int) -> int:
        spot, instance = self._board.spots[activity], self._instance
        if spot is None:
            return instance.drop[activity]
        return instance.alone(activity, spot.venue, spot.start, spot.backup)

    def _person(self, who: int) -> int:
        kind = self._instance.resources[who].kind
        if kind is Kind.TEAM or not self._board.duties[who]:
            return 0
        if kind is Kind.KIT:
            return self._kit * (self._road.kilometres(who) // UNIT_KM)
        minutes = sum(self._road.day_minutes(who).values())
        third = TERMS[Term.EXPERTS].points * self._road.thirds(who)
        return self._expert * (third + PER_HOUR_OF_TRAVEL * minutes // 60)


class _Coverage:
    """Placed activities by audience and district, and what the quotas miss."""

    def __init__(self, problem: Problem, board: Board) -> None:
        self._quotas = problem.quotas
        self._board = board
        self._held: Counter[tuple[str | None, str | None]] = Counter()
        self._seen: dict[int, int] = {}
        self._cost = points(problem, Term.COVERAGE)
        self._deviation = LARGEST_DEVIATION * level(problem, Term.COVERAGE)

    def count(self, touched: set[int]) -> None:
        """Count the touched activities anew."""
        problem = self._board.instance.problem
        for activity in touched:
            audience = problem.activities[activity].audience
            spot = self._board.spots[activity]
            before = self._seen.pop(activity, NOWHERE)
            after = NOWHERE if spot is None else spot.venue
            for venue, step in ((before, -1), (after, 1)):
                if venue != NOWHERE:
                    self._held[audience, problem.venues[venue].district] += step
                    self._held[audience, None] += step
            if spot is not None:
                self._seen[activity] = spot.venue

    def cost(self) -> int:
        """Points of COVERAGE."""
        if not self._quotas:
            return 0
        held = self._held
        gaps = [
            max(0, quota.least - held[quota.audience, quota.district]) for quota in self._quotas
        ]
        return self._cost * sum(gaps) + self._deviation * max(gaps)


class _Groups:
    """Points of series and tracks, each counted again when one of its activities was touched."""

    def __init__(self, problem: Problem, board: Board) -> None:
        place = board.instance.place
        self._problem = problem
        self._board = board
        self._series = [[place[one] for one in dict.fromkeys(s.activities)] for s in problem.series]
        self._tracks = [[place[one] for one in dict.fromkeys(t.activities)] for t in problem.tracks]
        self._of_series = [0] * len(self._series)
        self._of_tracks = [0] * len(self._tracks)

    @property
    def cost(self) -> int:
        """Points of SPREAD, ONE_VENUE and COMPACT."""
        return sum(self._of_series) + sum(self._of_tracks)

    def count(self, touched: set[int]) -> None:
        """Count the groups of the touched activities anew."""
        instance = self._board.instance
        for series in {group for activity in touched for group in instance.series[activity]}:
            self._of_series[series] = self._spread_and_venues(series)
        for track in {group for activity in touched for group in instance.tracks[activity]}:
            if self._problem.tracks[track].compact:
                self._of_tracks[track] = self._isolated(track)

    def _spots(self, members: list[int]) -> list[tuple[int, Spot]]:
        spots = self._board.spots
        return [(n, spot) for n in members if (spot := spots[n]) is not None]

    def _spread_and_venues(self, series: int) -> int:
        spots = [spot for _, spot in self._spots(self._series[series])]
        days, venues = {spot.start // DAY for spot in spots}, {spot.venue for spot in spots}
        missing = max(0, self._problem.series[series].least_days - len(days))
        return points(self._problem, Term.SPREAD) * missing + points(
            self._problem, Term.ONE_VENUE
        ) * max(0, len(venues) - 1)

    def _isolated(self, track: int) -> int:
        activities, grid = self._board.instance.activities, self._problem.grid
        laid = sorted(
            (spot.start, spot.start + activities[n].minutes)
            for n, spot in self._spots(self._tracks[track])
        )
        beside: set[int] = set()
        for n, (one, other) in enumerate(pairwise(laid)):
            if one[0] // DAY == other[0] // DAY and 0 <= other[0] - one[1] < grid:
                beside |= {n, n + 1}
        return points(self._problem, Term.COMPACT) * (len(laid) - len(beside))
