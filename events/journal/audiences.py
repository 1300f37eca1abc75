"""Audiences as words: "volunteer:17", "venue:3", "team:9", "campaign:4"."""

from __future__ import annotations

from collections.abc import Iterable

_PEOPLE = {"volunteer": "users", "venue": "venue_ids", "team": "team_ids"}


def told(scopes: Iterable[str]) -> dict[str, list[int]]:
    """Whom a change concerned, as the ids that notices need, each list ascending."""
    found: dict[str, list[int]] = {name: [] for name in _PEOPLE.values()}
    for scope in scopes:
        kind, _, number = scope.partition(":")
        if kind in _PEOPLE:
            found[_PEOPLE[kind]].append(int(number))
    return {name: sorted(set(ids)) for name, ids in found.items()}
