"""People who are alike for some activities, taken together: same duties, same times, same limits.

A crew serves as many activities at once as it has members: intervals that overlap at most k times
always go to k people. What lies between two duties and how many a day may hold is told from below
for a crew of several, so that what is impossible for the crew is impossible for its members.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from events.planner.explain.needs import Able, Need

Duty = tuple[int, int]
"""An activity by index, and which of its needs."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Experts, kits or teams by the number of their rule, and what each of them could do."""

    number: str
    members: tuple[Able, ...]
    duties: tuple[Duty, ...]

    @property
    def each(self) -> Able:
        """What holds of every member; the id is the first one's."""
        return self.members[0]

    @property
    def binds(self) -> bool:
        """Whether its rule can matter at all."""
        each = self.each
        is_limited = bool(each.windows or each.area) or 0 in {each.most, each.most_per_day}
        return is_limited or len(self.duties) > len(self.members)


def crews(
    needs: Mapping[int, Sequence[Need]], label: Callable[[str, str], int], *, apart: bool
) -> list[Crew]:
    """All who could fill any of `needs` (by activity), in crews; `apart`: each a crew alone.

    label: of a rule's number and a name; whose labels differ are never taken together.
    """
    duties: dict[tuple[str, Able], list[Duty]] = {}
    for one, some in needs.items():
        for position, need in enumerate(some):
            for able in need.able.values():
                duties.setdefault((need.rule, able), []).append((one, position))
    alike: dict[tuple[str, tuple[Duty, ...], Able, int], list[Able]] = {}
    for (number, able), theirs in duties.items():
        kind = replace(able, id=able.id if apart else "")
        key = number, tuple(theirs), kind, label(number, able.id)
        alike.setdefault(key, []).append(able)
    return [
        Crew(number, tuple(members), theirs) for (number, theirs, _, _), members in alike.items()
    ]
