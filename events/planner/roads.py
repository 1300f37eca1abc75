"""What an activity holds, and how long the way from one to the next takes.

People are needed for the session alone, rooms and kits also while it is set up and struck. Rooms
of one site are next to each other; inside a district and between two, `Problem.travel` tells.
"""

from __future__ import annotations

from events.planner.problem import Activity, Expert, Kit, Problem, Venue, Window


def session(activity: Activity, start: int) -> Window:
    """What visitors see, and what people are needed for."""
    return Window(start, start + activity.minutes)


def hold(activity: Activity, start: int) -> Window:
    """What a room and a kit are taken for."""
    return Window(start - activity.setup, start + activity.minutes + activity.strike)


class Roads:
    """Ways between the venues of one problem, in minutes and kilometres."""

    def __init__(self, problem: Problem) -> None:
        self._at = {district.id: at for at, district in enumerate(problem.districts)}
        self._minutes = problem.travel.minutes
        self._km = problem.travel.km

    def minutes(self, a: Venue, b: Venue) -> int:
        """By road from one venue to another; 0 on one site."""
        return 0 if same_site(a, b) else self._look(self._minutes, a.district, b.district)

    def km(self, a: Venue, b: Venue) -> int:
        """By road from one venue to another; 0 on one site."""
        return 0 if same_site(a, b) else self._look(self._km, a.district, b.district)

    def minutes_from(self, home: str | None, venue: Venue) -> int:
        """By road between a home district, if any, and a venue."""
        return 0 if home is None else self._look(self._minutes, home, venue.district)

    def km_from(self, home: str | None, venue: Venue) -> int:
        """By road between a home district, if any, and a venue."""
        return 0 if home is None else self._look(self._km, home, venue.district)

    def expert_gap(self, expert: Expert, a: Venue, b: Venue) -> int:
        """Least minutes between two of an expert's sessions."""
        return expert.buffer + self.minutes(a, b)

    def kit_gap(self, kit: Kit, a: Venue, b: Venue) -> int:
        """Least minutes between two holds of a kit: a move is loaded and unloaded."""
        return 0 if same_site(a, b) else 2 * kit.loading + self.minutes(a, b)

    def longest(self) -> int:
        """No way takes more minutes than this."""
        return max((max(row, default=0) for row in self._minutes), default=0)

    def _look(self, table: tuple[tuple[int, ...], ...], a: str, b: str) -> int:
        row, column = self._at.get(a), self._at.get(b)
        if row is None or column is None or not table:
            return 0
        return table[row][column]


def same_site(a: Venue, b: Venue) -> bool:
    """Whether two venues are one, or rooms of one house."""
    return a.id == b.id or (bool(a.site) and a.site == b.site)
