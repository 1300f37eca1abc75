"""A kit's whole way in a draft: from home through a campaign, once, and home again.

It is a path of steps, each day as many as the kit may serve sessions; with a step it stays where it
is or goes to another place, and sessions are served where it has come to that day. A window leaves
that away; a proof needs it, for a way to one place and back is often less than a point.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from events.planner.draft import Draft
from events.planner.services import Service

Place = tuple[int, int]
"""District and site."""
HOME: Place = (-1, -1)
"""A kit that has not set out."""


class Tour:
    """The way of a kit that has no duties but those that a draft may give it."""

    def __init__(self, draft: Draft, who: int, by_day: Mapping[int, Sequence[Service]]) -> None:
        self._draft = draft
        self._one = draft.instance.resources[who]
        self._by_day = by_day
        self._there: dict[Place, list[Any]] = {HOME: [draft.literal(hint=True)]}
        """for each place to which the kit may have come the steps, one at most, that lead there"""
        self._now = HOME
        self._way: list[tuple[int, Any]] = []
        where = zip(draft.instance.district, draft.instance.site, strict=True)
        self._venue = {place: venue for venue, place in enumerate(where)}

    def steps(self) -> list[tuple[int, Any]]:
        """What may be on the way: kilometres, and a literal each."""
        self._draft.model.add(sum(self._there[HOME]) == 1)
        for day in sorted(self._by_day):
            self._serve(self._by_day[day])
        home = [(self._far(HOME, last), x) for last, xs in self._there.items() for x in xs]
        return self._way + home

    def _serve(self, services: Sequence[Service]) -> None:
        """The steps of a day, and that sessions are served where the kit is."""
        draft = self._draft
        asked = [
            (one.literals, (one.where[1], site), choices)
            for one in services
            for site, choices in draft.by_site(one.activity, *one.where).items()
        ]
        places = sorted({place for _, place, _ in asked})
        called = [
            place for literals, place, xs in asked if draft.hint(*literals) and draft.hint(*xs)
        ]
        times = len({one.activity for one in services})
        if self._one.most_per_day is not None:
            times = min(times, self._one.most_per_day)
        here: defaultdict[Place, list[Any]] = defaultdict(list)
        for n in range(times):
            self._step(places, called[n] if n < len(called) else self._now)
            for place in places:
                here[place] += self._there[place]
        for literals, place, choices in asked:
            for literal in literals:
                draft.model.add(literal + sum(choices) <= 1 + sum(here[place]))
        for one in services:
            near = [step for place in places if place[0] == one.where[1] for step in here[place]]
            for literal in one.literals:
                draft.model.add(literal <= sum(near))

    def _step(self, places: Sequence[Place], then: Place) -> None:
        """Stay, or go to one of the places; while nothing changes the kit is there `then`."""
        draft = self._draft
        there: defaultdict[Place, list[Any]] = defaultdict(list)
        for place, steps in self._there.items():
            onward = []
            for to in sorted({*places, place}):
                is_now = place == self._now and to == then
                onward.append(draft.literal(hint=is_now))
                there[to].append(onward[-1])
                if place != to:
                    self._way.append((self._far(place, to), onward[-1]))
            draft.model.add(sum(onward) == sum(steps))
        self._there, self._now = dict(there), then

    def _far(self, place: Place, to: Place) -> int:
        """Kilometres from one place, or home, to another; home is not left for home."""
        if to == HOME:
            return 0
        if place == HOME:
            return self._draft.instance.km_from(self._one.home, self._venue[to])
        return self._draft.instance.km(self._venue[place], self._venue[to])
