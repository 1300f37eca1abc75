"""Who is where and when, while a plan is drawn: stricter than the planner's rules, never laxer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from events.planner.problem import DAY, Travel, Window


class Diary:
    """Bookings of people and kits; two of one person lie a journey and a gap apart."""

    def __init__(self, travel: Travel, districts: Sequence[str]) -> None:
        self._travel = travel.minutes
        self._index: Mapping[str, int] = {district: i for i, district in enumerate(districts)}
        self._bookings: dict[str, list[tuple[Window, int]]] = defaultdict(list)

    def is_free(self, who: str, hold: Window, district: str, *, gap: int = 0) -> bool:
        """Whether `who` can be in the district for the whole hold, and get there and away."""
        here = self._index[district]
        for other, there in self._bookings[who]:
            way = gap + (self._travel[there][here] if self._travel else 0)
            if other.end + way > hold.start and hold.end + way > other.start:
                return False
        return True

    def book(self, who: str, hold: Window, district: str) -> None:
        """From now on `who` is there then."""
        self._bookings[who].append((hold, self._index[district]))

    def count(self, who: str, day: int | None = None) -> int:
        """Bookings, of one day if told."""
        return len(self._on(who, day))

    def minutes(self, who: str, day: int | None = None) -> int:
        """Booked minutes, of one day if told."""
        return sum(hold.end - hold.start for hold in self._on(who, day))

    def days(self, who: str) -> set[int]:
        """Days with a booking."""
        return {hold.start // DAY for hold in self._on(who, None)}

    def _on(self, who: str, day: int | None) -> list[Window]:
        holds = [hold for hold, _ in self._bookings[who]]
        return [hold for hold in holds if day is None or hold.start // DAY == day]


class Rooms:
    """Rooms that are taken."""

    def __init__(self) -> None:
        self._holds: dict[str, list[Window]] = defaultdict(list)

    def is_free(self, venue: str, rooms: int, hold: Window) -> bool:
        """Whether fewer than `rooms` bookings touch the hold."""
        taken = (x for x in self._holds[venue] if x.start < hold.end and hold.start < x.end)
        return sum(1 for _ in taken) < rooms

    def book(self, venue: str, hold: Window) -> None:
        """One room less."""
        self._holds[venue].append(hold)
