"""The ways of experts (each day out and home again) and kits (once through the campaign)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from events.planner.board import Board, Duty
from events.planner.problem import DAY


class Roadbook:
    """What lies on the board as ways, and what one more duty would add."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._instance = board.instance

    def day_minutes(self, who: int) -> dict[int, int]:
        """Minutes on the road of each day with a duty."""
        return {day: self._minutes(who, duties) for day, duties in self._days(who).items()}

    def detour(self, who: int, duty: Duty) -> int:
        """Minutes that one more duty adds to its day."""
        today = self._days(who).get(duty.session // DAY, [])
        if not today:
            return 2 * self.leg(who, duty.venue)
        longer = sorted([*today, duty], key=_session)
        return max(0, self._minutes(who, longer) - self._minutes(who, today))

    def leg(self, who: int, venue: int) -> int:
        """Minutes from home to a venue."""
        return self._instance.way_from(self._instance.resources[who].home, venue)

    def kilometres(self, who: int, *more: Duty) -> int:
        """Kilometres through the campaign, out and home again."""
        duties = sorted([*self._board.duties[who].values(), *more], key=_session)
        if not duties:
            return 0
        home, km = self._instance.resources[who].home, self._instance.km
        ends = self._instance.km_from(home, duties[0].venue)
        ends += self._instance.km_from(home, duties[-1].venue)
        return ends + sum(km(a.venue, b.venue) for a, b in pairwise(duties))

    def thirds(self, who: int) -> int:
        """Sessions from the third of a day on."""
        return sum(max(0, len(duties) - 2) for duties in self._days(who).values())

    def _days(self, who: int) -> dict[int, list[Duty]]:
        days: dict[int, list[Duty]] = defaultdict(list)
        for duty in _ascending(self._board.duties[who].values()):
            days[duty.session // DAY].append(duty)
        return days

    def _minutes(self, who: int, duties: Sequence[Duty]) -> int:
        ends = self.leg(who, duties[0].venue) + self.leg(who, duties[-1].venue)
        way = self._instance.way
        return ends + sum(way(a.venue, b.venue) for a, b in pairwise(duties))


def _ascending(duties: Iterable[Duty]) -> list[Duty]:
    return sorted(duties, key=_session)


def _session(duty: Duty) -> int:
    return duty.session
