"""Can these activities all be placed? A CP-SAT model in which every rule can be taken out.

Over the full candidate set, never a pruned one: venues that are alike are pooled, starts are
integer variables over all possible starts. It has no objective: with one, the solver's unsatisfied
cores are not minimal. Where it relaxes (two sessions at one site or in one pool need no way between
them), it relaxes towards possible: what it calls impossible is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model_helper import Literal

from events.planner import spans
from events.planner.answer import Placement
from events.planner.candidates import Candidates
from events.planner.explain.needs import Able, Need, needs
from events.planner.explain.pools import Rooms, Ways, pools
from events.planner.explain.rules import (
    Rule,
    days,
    people,
    place,
    relation_rule,
    rooms,
    track_rule,
)
from events.planner.problem import DAY, Relation, Site, Tie
from events.planner.roads import hold
from events.planner.wording import Names

MOST_RULES = 200
"""So many rules a question may have: beyond, cores take too long to find and to read."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a solve says: placements, or rules that cannot all hold, or neither."""

    placements: tuple[Placement, ...] | None = None
    core: tuple[Rule, ...] | None = None


class Model:
    """Activities by index, laid out together; `rules` are what may be assumed or left out."""

    def __init__(
        self,
        candidates: Candidates,
        activities: Sequence[int],
        together: Sequence[tuple[int, ...]] = (),
    ) -> None:
        """`together`: venues by index that stay pools of their own, as in another model."""
        self.rules: dict[Rule, Literal] = {}
        self._problem = candidates.problem
        self._names = Names(self._problem)
        self._model = cp_model.CpModel()
        self._asked = {one: self._problem.activities[one] for one in activities}
        self._pools = pools(candidates, activities, together)
        self._at: dict[int, dict[int, Literal]] = {}
        self._start: dict[int, cp_model.IntVar] = {}
        self._placed: dict[int, Literal] = {}
        self._days: dict[int, cp_model.IntVar] = {}
        self._orders: dict[tuple[int, int, bool], Literal] = {}
        self._serving: dict[tuple[int, int, str], Literal] = {}
        self._gaps: dict[tuple[int, int, int], cp_model.LinearExpr | int] = {}
        self._inside: dict[tuple[int, str], Literal] = {}
        self._needs = {one: needs(self._problem, asked) for one, asked in self._asked.items()}
        self._ways = Ways(self._problem)
        for one in activities:
            self._lay_out(one)
        self._share_rooms()
        self._share_days()
        self._share_people()
        self._keep_bonds()

    def solve(self, assumed: Collection[Rule], seconds: float) -> Outcome:
        """Whether all of `assumed` can hold, every other rule aside; unknown once time is up."""
        if seconds <= 0:
            return Outcome()
        self._model.clear_assumptions()
        literals = {self.rules[rule].index: rule for rule in assumed}
        self._model.add_assumptions([self.rules[rule] for rule in assumed])
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.cp_model_presolve = False
        solver.parameters.random_seed = 1
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.catch_sigint_signal = False
        solver.parameters.max_memory_in_mb = 1500
        status = solver.solve(self._model)
        if status == cp_model.INFEASIBLE:
            found = solver.sufficient_assumptions_for_infeasibility()
            known = tuple(literals[index] for index in found if index in literals)
            # a literal outside the list is a known defect of the solver: then all are suspects
            return Outcome(core=known if len(known) == len(found) else tuple(assumed))
        if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return Outcome(placements=tuple(self._read(solver)))
        return Outcome()

    def _rule(self, rule: Rule) -> Literal:
        if rule not in self.rules:
            self.rules[rule] = self._model.new_bool_var(rule.id)
        return self.rules[rule]

    # one activity: where, when, with whom

    def _lay_out(self, one: int) -> None:
        model, asked = self._model, self._asked[one]
        here = {at: pool for at, pool in enumerate(self._pools) if one in pool.starts}
        placed = model.new_bool_var(f"placed {asked.id}")
        self.rules[place(self._names, asked)] = placed
        self._placed[one] = placed
        starts = sorted({start for pool in here.values() for start in pool.starts[one]})
        domain = cp_model.Domain.from_values(starts or [0])
        self._start[one] = model.new_int_var_from_domain(domain, f"start {asked.id}")
        self._at[one] = {at: model.new_bool_var(f"{asked.id} at {at}") for at in here}
        model.add(sum(self._at[one].values()) == placed)
        for at, pool in here.items():
            if len(pool.starts[one]) < len(starts):
                allowed = cp_model.Domain.from_values(list(pool.starts[one]))
                inside = model.add_linear_expression_in_domain(self._start[one], allowed)
                inside.only_enforce_if(self._at[one][at])
        for position, need in enumerate(self._needs[one]):
            serving = [model.new_bool_var(f"{who} for {asked.id}") for who in need.able]
            for who, literal in zip(need.able, serving, strict=True):
                self._serving[one, position, who] = literal
            model.add(sum(serving) == placed)

    def _day(self, one: int) -> cp_model.IntVar:
        """The day on which an activity begins."""
        if one not in self._days:
            day = self._model.new_int_var(0, len(self._problem.days), f"day of {one}")
            self._model.add_linear_constraint(self._start[one] - DAY * day, 0, DAY - 1)
            self._days[one] = day
        return self._days[one]

    def _order(self, one: int, other: int, *, whole: bool) -> Literal:
        """Whether one comes before the other; `whole`: set-up and strike included."""
        if (one, other, whole) not in self._orders:
            before = self._model.new_bool_var(f"{one} before {other}")
            self._orders[one, other, whole] = before
            self._orders[other, one, whole] = before.negated()
        return self._orders[one, other, whole]

    # what they share

    def _share_rooms(self) -> None:
        for at, pool in enumerate(self._pools):
            users = list(pool.starts)
            if len(users) <= pool.rooms:
                continue
            rule = self._rule(rooms(self._names, self._problem, pool))
            holds = [
                self._model.new_optional_fixed_size_interval_var(
                    self._start[one] - self._asked[one].setup,
                    self._asked[one].setup + self._asked[one].minutes + self._asked[one].strike,
                    self._at[one][at],
                    f"hold of {one} at {at}",
                )
                for one in users
            ]
            capacity = len(users) - (len(users) - pool.rooms) * rule
            self._model.add_cumulative(holds, [1] * len(users), capacity)

    def _share_days(self) -> None:
        """No more activities begin at a site on a day than it takes, while its rule holds."""
        for site in self._problem.sites:
            for day, users in self._by_day(site).items():
                most = site.most_per_day[day]
                if len(users) > most:
                    that_day = [self._begun(one, at, day) for one, at in users.items()]
                    rule = self._rule(days(site))
                    self._model.add(sum(that_day) <= most).only_enforce_if(rule)

    def _by_day(self, site: Site) -> dict[int, dict[int, list[Literal]]]:
        """For each day who could begin at a site then, and the literals that say it is there."""
        found: dict[int, dict[int, list[Literal]]] = {}
        for at, pool in enumerate(self._pools):
            for one, starts in pool.starts.items() if pool.site == site.id else ():
                for day in {start // DAY for start in starts}:
                    found.setdefault(day, {}).setdefault(one, []).append(self._at[one][at])
        return found

    def _begun(self, one: int, at: Sequence[Literal], day: int) -> Literal:
        """True at least if an activity begins on a day, at one of some places."""
        begun = self._model.new_bool_var(f"{one} there on {day}")
        off = self._model.new_bool_var(f"{one} not on {day}")
        self._model.add(self._day(one) != day).only_enforce_if(off)
        for here in at:
            self._model.add_bool_or(begun, off, here.negated())
        return begun

    def _share_people(self) -> None:
        """Each expert, kit and team serves as it can, while its rule holds."""
        serving: dict[tuple[str, str], list[tuple[int, Need, Literal]]] = {}
        for (one, position, who), literal in self._serving.items():
            need = self._needs[one][position]
            serving.setdefault((need.rule, who), []).append((one, need, literal))
        for (number, who), duties in serving.items():
            able = duties[0][1].able[who]
            rule = people(self._names, number, who, [need for _, need, _ in duties])
            if self._binds(able, len(duties)):
                self._serve(able, duties, self._rule(rule))

    def _binds(self, able: Able, duties: int) -> bool:
        """Whether the rule of a person can matter at all."""
        return duties > 1 or bool(able.windows or able.area) or 0 in {able.most, able.most_per_day}

    def _serve(
        self, able: Able, duties: Sequence[tuple[int, Need, Literal]], rule: Literal
    ) -> None:
        for one, need, literal in duties:
            self._only_when_able(able, one, need, (literal, rule))
        literals = [literal for _, _, literal in duties]
        if able.most is not None and able.most < len(duties):
            self._model.add(sum(literals) <= able.most).only_enforce_if(rule)
        if able.most_per_day is not None and able.most_per_day < len(duties):
            self._limit_days(able.most_per_day, duties, rule)
        for (one, need, mine), (other, _, its) in combinations(duties, 2):
            if one == other:
                self._model.add_bool_or(mine.negated(), its.negated(), rule.negated())
            else:
                self._keep_apart((one, other), need, able, (mine, its, rule))

    def _only_when_able(
        self, able: Able, one: int, need: Need, given: tuple[Literal, Literal]
    ) -> None:
        start = self._start[one]
        if able.windows:
            first, last = need.begins(0), need.ends(0)
            inside = [
                [window.start - first, window.end - last]
                for window in spans.merged(able.windows)
                if window.end - window.start >= last - first
            ]
            if inside:
                domain = cp_model.Domain.from_intervals(inside)
                self._model.add_linear_expression_in_domain(start, domain).only_enforce_if(*given)
            else:
                self._model.add_bool_or(*(literal.negated() for literal in given))
        if able.area:
            near = [
                literal
                for at, literal in self._at[one].items()
                if self._pools[at].district in able.area
            ]
            self._model.add_bool_or(*near, *(literal.negated() for literal in given))

    def _limit_days(
        self, most: int, duties: Sequence[tuple[int, Need, Literal]], rule: Literal
    ) -> None:
        for day in range(len(self._problem.days)):
            that_day = [self._begun(one, [literal], day) for one, _, literal in duties]
            self._model.add(sum(that_day) <= most).only_enforce_if(rule)

    def _keep_apart(
        self,
        pair: tuple[int, int],
        need: Need,
        able: Able,
        given: tuple[Literal, Literal, Literal],
    ) -> None:
        """Two duties of one follow each other, with pause, loading and travel between them."""
        one, other = pair
        whole = need.rule == "H5"
        before = self._order(one, other, whole=whole)
        gap = self._gap(one, other, able.moving)
        for first, then, order in ((one, other, before), (other, one, before.negated())):
            extra = self._asked[first].strike + self._asked[then].setup if whole else 0
            lasts = self._asked[first].minutes + extra + able.pause
            self._model.add(self._start[first] + lasts + gap <= self._start[then]).only_enforce_if(
                order, *given
            )

    def _gap(self, one: int, other: int, moving: int) -> cp_model.LinearExpr | int:
        """Least minutes for the way between two activities, wherever they are."""
        if (one, other, moving) not in self._gaps:
            self._gaps[one, other, moving] = self._new_gap(one, other, moving)
        return self._gaps[one, other, moving]

    def _new_gap(self, one: int, other: int, moving: int) -> cp_model.LinearExpr | int:
        here, there = ([self._pools[at] for at in self._at[each]] for each in (one, other))
        table = self._ways.between(here, there, moving)
        values = set(table.values())
        if len(values) <= 1:
            return values.pop() if values else 0
        gap = self._model.new_int_var(0, max(values), f"way {one} {other}")
        for (near, far), minutes in table.items():
            if minutes:
                at = self._in_district(one, near), self._in_district(other, far)
                self._model.add(gap >= minutes).only_enforce_if(*at)
        return gap

    def _in_district(self, one: int, district: str) -> Literal:
        """True at least if an activity is in a district."""
        if (one, district) not in self._inside:
            inside = self._model.new_bool_var(f"{one} in {district}")
            for at, here in self._at[one].items():
                if self._pools[at].district == district:
                    self._model.add_implication(here, inside)
            self._inside[one, district] = inside
        return self._inside[one, district]

    def _keep_bonds(self) -> None:
        by_id = {asked.id: one for one, asked in self._asked.items()}
        for track in self._problem.tracks:
            members = sorted({by_id[one] for one in track.activities if one in by_id})
            if len(members) > 1:
                rule = self._rule(track_rule(self._names, track))
                for one, other in combinations(members, 2):
                    self._not_at_once(one, other, rule)
        for relation in self._problem.relations:
            if relation.first in by_id and relation.second in by_id:
                rule = self._rule(relation_rule(self._names, relation))
                self._tie(relation, by_id[relation.first], by_id[relation.second], rule)

    def _not_at_once(self, one: int, other: int, rule: Literal) -> None:
        before = self._order(one, other, whole=False)
        given = (rule, self._placed[one], self._placed[other])
        for first, then, order in ((one, other, before), (other, one, before.negated())):
            ended = self._start[first] + self._asked[first].minutes
            self._model.add(ended <= self._start[then]).only_enforce_if(order, *given)

    def _tie(self, relation: Relation, first: int, second: int, rule: Literal) -> None:
        given = (rule, self._placed[first], self._placed[second])
        if relation.kind is Tie.BEFORE:
            ended = self._start[first] + self._asked[first].minutes
            ready = self._model.add(ended + relation.amount <= self._start[second])
            ready.only_enforce_if(*given)
            return
        one, other = self._day(first), self._day(second)
        if relation.kind is Tie.SAME_DAY:
            self._model.add(one == other).only_enforce_if(*given)
            return
        apart = 1 if relation.kind is Tie.OTHER_DAY else relation.amount
        earlier = self._model.new_bool_var("earlier day")
        self._model.add(one + apart <= other).only_enforce_if(earlier, *given)
        self._model.add(other + apart <= one).only_enforce_if(earlier.negated(), *given)

    # what was found

    def _read(self, solver: cp_model.CpSolver) -> list[Placement]:
        free = [Rooms(pool, self._problem) for pool in self._pools]
        found = []
        for one in sorted(self._asked, key=lambda one: solver.value(self._start[one])):
            if not solver.value(self._placed[one]):
                continue
            at = next(at for at, here in self._at[one].items() if solver.value(here))
            start = solver.value(self._start[one])
            venue = free[at].take(hold(self._asked[one], start))
            found.append(self._placement(solver, one, venue, start))
        return found

    def _placement(self, solver: cp_model.CpSolver, one: int, venue: str, start: int) -> Placement:
        crew: dict[str, list[str]] = {"H4": [], "H5": [], "H6": []}
        for position, need in enumerate(self._needs[one]):
            crew[need.rule] += [
                who for who in need.able if solver.value(self._serving[one, position, who])
            ]
        return Placement(
            self._asked[one].id,
            venue,
            start,
            team=next(iter(crew["H6"]), None),
            experts=tuple(crew["H4"]),
            kits=tuple(crew["H5"]),
        )
