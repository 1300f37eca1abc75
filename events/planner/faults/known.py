"""What references of a problem may lead to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from events.planner.problem import Problem

MOST_READ = 200_000
"""Longer tables are a fault of their own; no more of them is read."""


class _Named(Protocol):
    @property
    def id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Known:
    """The ids of each table."""

    districts: frozenset[str]
    audiences: frozenset[str]
    venues: frozenset[str]
    experts: frozenset[str]
    kits: frozenset[str]
    teams: frozenset[str]
    volunteers: frozenset[str]
    activities: frozenset[str]


def known(problem: Problem) -> Known:
    """The ids that a problem gives."""
    return Known(
        districts=_ids(problem.districts),
        audiences=_ids(problem.audiences),
        venues=_ids(problem.venues),
        experts=_ids(problem.experts),
        kits=_ids(problem.kits),
        teams=_ids(problem.teams),
        volunteers=_ids(problem.volunteers),
        activities=_ids(problem.activities),
    )


def _ids(rows: Iterable[_Named]) -> frozenset[str]:
    return frozenset(row.id for row in islice(rows, MOST_READ))
