"""What a question is about: some activities, where they can be, who could serve, by what rules.

As coarse as it may be: venues that are alike are one pool and people who are alike one crew, each
with one rule.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from functools import cached_property

import numpy as np

from events.planner import spans
from events.planner.candidates import Candidates, Ints
from events.planner.explain import rules
from events.planner.explain.crews import Crew, Duty, crews
from events.planner.explain.needs import needs
from events.planner.explain.pools import Pool, Ways, pools
from events.planner.explain.rules import Rule
from events.planner.problem import DAY, Relation, Site
from events.planner.wording import Names

Crowd = dict[int, dict[int, list[int]]]
"""Days on which more could begin at a site than it takes: who could, in which pools."""


class Scene:
    """Activities by index, with their pools, crews and bonds; rules by what they are about.

    A pool or crew that can never be too small has no rule.
    """

    def __init__(
        self,
        candidates: Candidates,
        activities: Sequence[int],
        together: Sequence[Rule] = (),
        *,
        apart: bool = False,
    ) -> None:
        """`together`: rules whose venues and people stay pools and crews of their own.

        `apart`: everybody is a crew alone.
        """
        problem = candidates.problem
        self.problem = problem
        self.names = Names(problem)
        self.asked = {one: problem.activities[one] for one in activities}
        self.needs = {one: needs(problem, asked) for one, asked in self.asked.items()}
        own = [rule.about.venues for rule in together if isinstance(rule.about, Pool)]
        self.pools = pools(candidates, activities, own)
        label = {
            (rule.number, member.id): number
            for number, rule in enumerate(together, 1)
            if isinstance(rule.about, Crew)
            for member in rule.about.members
        }
        self.crews = crews(self.needs, lambda *who: label.get(who, 0), apart=apart)
        self.ways = Ways(problem)
        self.placing = {one: rules.place(self.names, asked) for one, asked in self.asked.items()}
        self._starts: dict[tuple[int, frozenset[str]], Ints] = {}

    @cached_property
    def of_pool(self) -> dict[int, Rule]:
        """Rules of pools, by the pool's index."""
        return {
            at: rules.rooms(self.names, self.problem, pool)
            for at, pool in enumerate(self.pools)
            if len(pool.starts) > pool.rooms
        }

    @cached_property
    def of_crew(self) -> dict[int, Rule]:
        """Rules of crews, by the crew's index."""
        return {
            at: rules.people(self.names, crew) for at, crew in enumerate(self.crews) if crew.binds
        }

    @cached_property
    def of_site(self) -> dict[Rule, tuple[Site, Crowd]]:
        """Rules of sites that take only so many a day, and where that could be too few."""
        return {
            rules.days(site): (site, days)
            for site in self.problem.sites
            if (days := self._crowded(site))
        }

    @cached_property
    def tracks(self) -> dict[Rule, tuple[int, ...]]:
        """Rules of tracks, and their members among the activities."""
        return {
            rules.track_rule(self.names, track): members
            for track in self.problem.tracks
            if len(members := self._members(track.activities)) > 1
        }

    @cached_property
    def relations(self) -> list[tuple[Rule, Relation, tuple[int, ...]]]:
        """Relations with their rules, the first activity and the second."""
        return [
            (rules.relation_rule(self.names, relation), relation, members)
            for relation in self.problem.relations
            if len(members := self._members((relation.first, relation.second))) > 1
        ]

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """All that may be assumed or left out."""
        owned = [*self.placing.values(), *self.of_pool.values(), *self.of_crew.values()]
        relations = dict.fromkeys(rule for rule, *_ in self.relations)
        return (*owned, *self.of_site, *self.tracks, *relations)

    def likeness(self, rule: Rule) -> Hashable:
        """Equal for activities that can be exchanged for each other; else of each rule its own."""
        one = self._placed.get(rule)
        if one is None or one in self._bound:
            return rule
        asked = self.asked[one]
        return (
            (asked.minutes, asked.setup, asked.strike),
            tuple(
                (at, pool.starts[one]) for at, pool in enumerate(self.pools) if one in pool.starts
            ),
            tuple((need.rule, *self.able(one, at)) for at, need in enumerate(self.needs[one])),
        )

    def able(self, one: int, need: int) -> Sequence[int]:
        """Crews by index that could fill a need of an activity."""
        return self._able.get((one, need), ())

    @cached_property
    def _able(self) -> dict[Duty, list[int]]:
        found: dict[Duty, list[int]] = {}
        for at, crew in enumerate(self.crews):
            for duty in crew.duties:
                found.setdefault(duty, []).append(at)
        return found

    @cached_property
    def _placed(self) -> dict[Rule, int]:
        return {rule: one for one, rule in self.placing.items()}

    @cached_property
    def _bound(self) -> set[int]:
        """Activities that a track or a relation binds to another."""
        some = [*self.tracks.values(), *(members for *_, members in self.relations)]
        return {one for members in some for one in members}

    def about(self, some: Collection[int]) -> tuple[Rule, ...]:
        """Rules of some activities themselves, of where they can be and of who could serve them."""
        mine = set(some)
        return (
            *(self.placing[one] for one in some),
            *(rule for at, rule in self.of_pool.items() if mine & self.pools[at].starts.keys()),
            *(
                rule
                for at, rule in self.of_crew.items()
                if any(one in mine for one, _ in self.crews[at].duties)
            ),
            *(
                rule
                for rule, (_, days) in self.of_site.items()
                if any(mine & some.keys() for some in days.values())
            ),
        )

    def served(self, crew: Crew, duty: Duty) -> Ints:
        """When an activity can begin with a crew's service, anywhere; ascending."""
        one, position = duty
        need, each = self.needs[one][position], crew.each
        if (one, each.area) not in self._starts:
            self._starts[one, each.area] = self._anywhere(one, each.area)
        starts = self._starts[one, each.area]
        if not each.windows:
            return starts
        first, last = need.begins(starts), need.ends(starts)
        inside = [(w.start <= first) & (last <= w.end) for w in spans.merged(each.windows)]
        return np.asarray(starts[np.logical_or.reduce(inside)])

    def least_gap(self, crew: Crew) -> int:
        """Minutes that lie between any two duties of one member, wherever they are."""
        doing = {one for one, _ in crew.duties}
        here = [[pool for pool in self.pools if one in pool.starts] for one in doing]
        sites = [
            {pool.site or f"only {venue}" for pool in pools for venue in pool.venues}
            for pools in here
        ]
        if sum(map(len, sites)) > len(set().union(*sites)):
            return crew.each.pause
        return crew.each.pause + crew.each.moving + min(self._ways(crew), default=0)

    def longest_gap(self, crew: Crew) -> int:
        """Minutes that are enough between any two duties of one member, wherever they are."""
        return crew.each.pause + crew.each.moving + max(self._ways(crew), default=0)

    def _ways(self, crew: Crew) -> list[int]:
        doing = {one for one, _ in crew.duties}
        return self.ways.among({x.district for x in self.pools if doing & x.starts.keys()})

    def _anywhere(self, one: int, area: frozenset[str]) -> Ints:
        some = {
            start
            for pool in self.pools
            if one in pool.starts and (not area or pool.district in area)
            for start in pool.starts[one]
        }
        return np.array(sorted(some), dtype=np.int64)

    def _crowded(self, site: Site) -> Crowd:
        found: Crowd = {}
        for at, pool in enumerate(self.pools):
            for one, starts in pool.starts.items() if pool.site == site.id else ():
                for day in {start // DAY for start in starts}:
                    found.setdefault(day, {}).setdefault(one, []).append(at)
        return {day: some for day, some in found.items() if len(some) > site.most_per_day[day]}

    def _members(self, names: Sequence[str]) -> tuple[int, ...]:
        at = {asked.id: one for one, asked in self.asked.items()}
        return tuple(at[name] for name in dict.fromkeys(names) if name in at)
