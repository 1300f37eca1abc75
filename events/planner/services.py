"""Who may serve which activity, on which day and in which district, in a draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Where = tuple[int, int]
"""Day and district."""


@dataclass(frozen=True, slots=True)
class Service:
    """A resource may serve an activity on a day in a district: `literals`, one a need.

    `detour` is the least that this adds: minutes of an expert's day, kilometres of a kit.
    """

    activity: int
    where: Where
    literals: list[Any]
    detour: int
