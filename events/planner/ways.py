"""Who serves on which day in which district, and what the ways there cost.

w[a,n,e,(day,district)]: resource e fills need n of activity a there and then. Summed over e it is
the activity's choices there, summed over places it is y: a strong link between who and where, as
in facility location. An expert's day costs, for each session, the way out and home, less what two
sessions in a row save (Clarke and Wright 1964). Whoever has other duties that day is charged the
detour instead. With nothing fixed and ways that keep the triangle this is never more than the
true cost, and exact for days of two sessions.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import Any

from events.planner.board import Duty
from events.planner.draft import Draft
from events.planner.people import Kind
from events.planner.problem import DAY, Term
from events.planner.roadbook import Roadbook
from events.planner.services import Service, Where
from events.planner.terms import PER_HOUR_OF_TRAVEL, TERMS, UNIT_KM, level, points
from events.planner.tours import Tour

TIRED = 2
"""Sessions of an expert on a day that cost nothing."""


class Ways:
    """Adds the services of experts and kits to a draft, their daily limits and their costs."""

    def __init__(self, draft: Draft, most_pairs: int | None) -> None:
        self._draft = draft
        self._most_pairs = most_pairs
        self._instance = draft.instance
        self._road = Roadbook(draft.board)
        self._services: dict[int, list[Service]] = defaultdict(list)
        for activity in draft.offers:
            self._serve(activity)

    def add(self) -> None:
        """Limits and costs of everybody."""
        for who, services in self._services.items():
            if self._instance.resources[who].kind is Kind.EXPERT:
                self._expert(who, services)
            else:
                self._kit(who, services)

    def _serve(self, activity: int) -> None:
        """The literals w of one activity, tied to its choices and its people."""
        draft = self._draft
        there: dict[Where, list[tuple[int, int, Any]]] = defaultdict(list)
        for (venue, start, _, _), x in draft.columns(activity):
            there[start // DAY, self._instance.district[venue]].append((venue, start, x))
        served: dict[tuple[int, Where], list[Any]] = defaultdict(list)
        for n, need in enumerate(self._instance.needs[activity]):
            if need.kind is Kind.TEAM:
                continue
            people = draft.y[activity][n]
            by_who: dict[int, list[Any]] = {who: [] for who in people}
            for where, choices in there.items():
                here = [x for _, _, x in choices]
                literals = []
                for who, y in people.items():
                    literals.append(draft.literal(hint=bool(draft.hint(y) and draft.hint(*here))))
                    by_who[who].append(literals[-1])
                    served[who, where].append(literals[-1])
                draft.model.add(sum(literals) == sum(here))
            for who, y in people.items():
                draft.model.add(sum(by_who[who]) == y)
        for (who, where), literals in served.items():
            least = min(self._detour(who, venue, start) for venue, start, _ in there[where])
            self._services[who].append(Service(activity, where, literals, least))

    def _detour(self, who: int, venue: int, start: int) -> int:
        duty = Duty(start, start, venue, start)
        if self._instance.resources[who].kind is Kind.KIT:
            return max(0, self._road.kilometres(who, duty) - self._road.kilometres(who))
        return self._road.detour(who, duty)

    def _expert(self, who: int, services: list[Service]) -> None:
        factor = int(level(self._instance.problem, Term.EXPERTS))
        by_day: dict[int, list[Service]] = defaultdict(list)
        for service in services:
            by_day[service.where[0]].append(service)
        minutes: list[tuple[int, Any]] = [
            (service.detour, literal) for service in services for literal in service.literals
        ]
        for day, of_day in by_day.items():
            fixed = self._fixed_on(who, day)
            self._limit(who, of_day, fixed)
            if factor:
                self._tired(of_day, fixed, factor * TERMS[Term.EXPERTS].points)
                if not fixed:
                    minutes += [(-saved, q) for saved, q in self._savings(who, of_day)]
        if factor and any(cost for cost, _ in minutes):
            self._hours(who, minutes, factor)

    def _fixed_on(self, who: int, day: int) -> int:
        return sum(duty.session // DAY == day for duty in self._draft.board.duties[who].values())

    def _limit(self, who: int, of_day: list[Service], fixed: int) -> None:
        """H4, H5: the daily maximum."""
        most = self._instance.resources[who].most_per_day
        if most is not None and len({one.activity for one in of_day}) + fixed > most:
            self._draft.model.add(sum(w for one in of_day for w in one.literals) <= most - fixed)

    def _tired(self, of_day: list[Service], fixed: int, cost: int) -> None:
        literals = [w for one in of_day for w in one.literals]
        if len({one.activity for one in of_day}) + fixed <= TIRED:
            return
        allowed = max(0, TIRED - fixed)
        over = self._draft.count(len(literals), self._draft.hint(*literals) - allowed)
        self._draft.model.add(over >= sum(literals) - allowed)
        self._draft.charge(cost, over)

    def _hours(self, who: int, minutes: list[tuple[int, Any]], factor: int) -> None:
        """Points for the hours on the road, rounded down once for each expert, as `score` does."""
        draft = self._draft
        fixed = sum(self._road.day_minutes(who).values())
        least = PER_HOUR_OF_TRAVEL * fixed // 60
        now = fixed + sum(cost * draft.hint(literal) for cost, literal in minutes)
        most = fixed + sum(cost for cost, _ in minutes if cost > 0)
        points_more = draft.count(
            PER_HOUR_OF_TRAVEL * most // 60 - least, PER_HOUR_OF_TRAVEL * now // 60 - least
        )
        spent = fixed + sum(cost * literal for cost, literal in minutes)
        draft.model.add(60 * points_more >= PER_HOUR_OF_TRAVEL * spent - 59 - 60 * least)
        draft.charge(factor, points_more)

    def _savings(self, who: int, of_day: list[Service]) -> list[tuple[int, Any]]:
        """Literals that two services follow each other on a free day, with the minutes saved."""
        draft = self._draft
        beside: dict[int, list[Any]] = defaultdict(list)
        found: list[tuple[int, Any]] = []
        for saved, one, other in self._pairs(who, of_day):
            a, b = of_day[one], of_day[other]
            both = draft.hint(*a.literals) and draft.hint(*b.literals)
            q = draft.literal(hint=bool(both))
            beside[one].append(q)
            beside[other].append(q)
            found.append((saved, q))
            found += self._on_one_site(a, b, q)
        most = self._instance.resources[who].most_per_day
        for n, literals in beside.items():
            neighbours = 1 if most is not None and most <= TIRED else TIRED
            draft.model.add(sum(literals) <= neighbours * sum(of_day[n].literals))
            for q in literals:
                draft.model.add(q <= sum(of_day[n].literals))
        if most is not None and found:
            links = {q.index: q for literals in beside.values() for q in literals}
            draft.model.add(sum(links.values()) <= max(0, most - 1))
        return found

    def _pairs(self, who: int, of_day: list[Service]) -> list[tuple[int, int, int]]:
        """Minutes saved by pairs of services, by position; in a window only the best ones."""
        pairs = [
            (saved, one, other)
            for (one, a), (other, b) in combinations(enumerate(of_day), 2)
            if a.activity != b.activity and (saved := self._saved(who, a, b)) > 0
        ]
        if self._most_pairs is not None and len(pairs) > self._most_pairs:
            pairs.sort(key=lambda pair: -pair[0])
            del pairs[self._most_pairs :]
        return pairs

    def _saved(self, who: int, a: Service, b: Service) -> int:
        """Minutes saved at most by going from one to the other instead of home in between."""
        minutes = self._instance.minutes
        home = self._instance.resources[who].home
        if not minutes or home is None:
            return 0
        here, there = a.where[1], b.where[1]
        return minutes[home][here] + minutes[home][there] - minutes[here][there]

    def _on_one_site(self, a: Service, b: Service, q: Any) -> list[tuple[int, Any]]:
        """What is saved on top when two services in a row are on one site."""
        draft, minutes = self._draft, self._instance.minutes
        way = minutes[a.where[1]][b.where[1]]
        mine, its = (draft.by_site(one.activity, *one.where) for one in (a, b))
        shared = sorted(mine.keys() & its.keys()) if a.where == b.where and way else []
        if not shared:
            return []
        here = []
        for site in shared:
            both = draft.hint(q) and draft.hint(*mine[site]) and draft.hint(*its[site])
            here.append(draft.literal(hint=bool(both)))
            draft.model.add(here[-1] <= sum(mine[site]))
            draft.model.add(here[-1] <= sum(its[site]))
        draft.model.add(sum(here) <= q)
        return [(way, literal) for literal in here]

    def _kit(self, who: int, services: list[Service]) -> None:
        by_day: dict[int, list[Service]] = defaultdict(list)
        for service in services:
            by_day[service.where[0]].append(service)
        for day, of_day in by_day.items():
            self._limit(who, of_day, self._fixed_on(who, day))
        cost = points(self._instance.problem, Term.KIT_TRAVEL)
        if not cost:
            return
        if self._draft.board.duties[who]:
            for service in services:
                for literal in service.literals:
                    self._draft.charge(cost * service.detour // UNIT_KM, literal)
        else:
            self._tour(who, services, by_day, cost)

    def _tour(
        self, who: int, services: list[Service], by_day: dict[int, list[Service]], cost: int
    ) -> None:
        """A kit's whole way, in a window only that to its farthest place and back."""
        draft = self._draft
        reached = [
            (s.detour // UNIT_KM, w) for s in services for w in s.literals if s.detour >= UNIT_KM
        ]
        steps = Tour(draft, who, by_day).steps() if self._most_pairs is None else []
        gone = sum(km * draft.hint(step) for km, step in steps) // UNIT_KM
        now = max([gone, *(units * draft.hint(w) for units, w in reached)])
        most = max([sum(km for km, _ in steps) // UNIT_KM, *(units for units, _ in reached)])
        way = draft.count(most, now)
        for units, w in reached:
            draft.model.add(way >= units * w)
        if steps:
            draft.model.add(UNIT_KM * way >= sum(km * step for km, step in steps) - UNIT_KM + 1)
        draft.charge(cost, way)
