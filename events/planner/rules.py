"""The hard rules of the first stage as constraints of a draft."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from events.planner.board import NOWHERE, keeps
from events.planner.draft import Draft
from events.planner.people import Kind, held
from events.planner.problem import DAY, Tie

Holds = list[tuple[int, int, Any]]


def rooms(draft: Draft) -> None:
    """H3: no more holds at a venue than rooms are left, rooms kept for rain included."""
    by_venue: dict[int, Holds] = defaultdict(list)
    for activity in draft.offers:
        asked = draft.instance.activities[activity]
        for (venue, start, _, dry), x in draft.columns(activity):
            hold = draft.instance.hold(asked, start)
            by_venue[venue].append((hold, activity, x))
            if dry != NOWHERE:
                by_venue[dry].append((hold, activity, x))
    for venue, holds in by_venue.items():
        levels = draft.board.count(venue)
        draft.packed(holds, lambda tick, levels=levels: sum(not m >> tick & 1 for m in levels))


def days(draft: Draft) -> None:
    """H3: no more activities begin at a site on a day than it still takes."""
    by_day: dict[tuple[int, int], list[tuple[int, Any]]] = defaultdict(list)
    left: dict[tuple[int, int], int] = {}
    for activity in draft.offers:
        for (venue, start, _, _), x in draft.columns(activity):
            if draft.instance.most_per_day[venue]:
                key = draft.instance.site[venue], start // DAY
                by_day[key].append((activity, x))
                left[key] = draft.board.left(venue, start)
    for key, there in by_day.items():
        if len({activity for activity, _ in there}) > left[key]:
            draft.model.add(sum(x for _, x in there) <= left[key])


def tracks(draft: Draft) -> None:
    """H11: the activities of a track never at once."""
    instance = draft.instance
    by_track: dict[int, Holds] = defaultdict(list)
    for activity in draft.offers:
        minutes = instance.activities[activity].minutes
        for track in instance.tracks[activity]:
            for (_, start, _, _), x in draft.columns(activity):
                by_track[track].append((instance.mask(start, start + minutes), activity, x))
    for holds in by_track.values():
        draft.packed(holds, lambda _: 1)


def relations(draft: Draft) -> None:
    """H8 between two free activities; against those that stay, offers are filtered already."""
    for activity in draft.offers:
        for bond in draft.instance.bonds[activity]:
            if bond.is_first and bond.other in draft.offers:
                _tie(draft, bond.relation.kind, bond.relation.amount, activity, bond.other)


def _tie(draft: Draft, kind: Tie, amount: int, first: int, second: int) -> None:
    minutes = draft.instance.activities[first].minutes
    firsts, seconds = _by_start(draft, first), _by_start(draft, second)
    for start, literals in firsts.items():
        against = [
            x
            for other, them in seconds.items()
            if not keeps(kind, amount, (start, start + minutes), other)
            for x in them
        ]
        if against:
            draft.model.add_at_most_one([*literals, *against])


def _by_start(draft: Draft, activity: int) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for column, x in draft.columns(activity):
        found[column[1]].append(x)
    return found


def serving(draft: Draft) -> dict[int, dict[int, list[Any]]]:
    """For each resource the free activities it could serve, with the literals that say it does."""
    found: dict[int, dict[int, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for activity, needs in draft.y.items():
        for need in needs:
            for who, literal in need.items():
                found[who][activity].append(literal)
    return found


def people(draft: Draft) -> None:
    """H4-H6: nobody serves two activities whose choices lie too close, nor more than agreed."""
    close = _Closeness(draft)
    for who, literals in serving(draft).items():
        for a, b in combinations(sorted(literals), 2):
            literal = close.of(a, b, who)
            if literal is not None:
                draft.model.add(sum(literals[a]) + sum(literals[b]) + literal <= 2)
        most, fixed = draft.instance.resources[who].most, len(draft.board.duties[who])
        if most is not None and len(literals) + fixed > most:
            draft.model.add(sum(x for xs in literals.values() for x in xs) <= most - fixed)


class _Closeness:
    """For two activities a literal that their choices force where nobody could serve both.

    One literal does for all resources with equal gaps.
    """

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._made: dict[tuple[int, int, Kind, int, int], Any] = {}

    def of(self, a: int, b: int, who: int) -> Any:
        """The literal, 1 if they are always too close, None if never."""
        resource = self._draft.instance.resources[who]
        key = (a, b, resource.kind, resource.pause, resource.moving)
        if key not in self._made:
            self._made[key] = self._make(a, b, who)
        return self._made[key]

    def _make(self, a: int, b: int, who: int) -> Any:
        draft = self._draft
        matrix = self._clashes(a, b, who)
        if not matrix.any():
            return None
        if matrix.all():
            return 1
        now = [
            [n for n, (column, _) in enumerate(draft.columns(one)) if draft.is_old(one, column)]
            for one in (a, b)
        ]
        literal = draft.literal(hint=any(matrix[i, j] for i in now[0] for j in now[1]))
        rows: dict[bytes, list[int]] = defaultdict(list)
        for i, row in enumerate(matrix):
            if row.any():
                rows[row.tobytes()].append(i)
        for same in rows.values():
            mine = [draft.x[a][i] for i in same]
            others = [draft.x[b][j] for j in np.flatnonzero(matrix[same[0]])]
            draft.model.add(sum(mine) + sum(others) <= 1 + literal)
        return literal

    def _clashes(self, a: int, b: int, who: int) -> npt.NDArray[np.bool_]:
        """For each choice of a and of b, whether one resource cannot serve both."""
        instance = self._draft.instance
        resource = instance.resources[who]
        sides = []
        for activity in (a, b):
            choices = self._draft.offers[activity].choices
            asked = instance.activities[activity]
            spans = [held(asked, resource.kind, column[1]) for column in choices]
            venues = np.array([column[0] for column in choices], dtype=np.int64)
            sides.append((np.array(spans, dtype=np.int64).reshape(-1, 2), venues))
        (one, at), (other, there) = sides
        way = instance.ways(at, there)
        gap = np.where(way < 0, resource.pause, way + resource.pause + resource.moving)
        before = one[:, None, 0] < other[None, :, 1] + gap
        clashes: npt.NDArray[np.bool_] = before & (other[None, :, 0] < one[:, None, 1] + gap)
        return clashes
