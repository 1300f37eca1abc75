"""Can some activities all be placed? A CP-SAT model in which every rule can be taken out.

Over the full candidate set, never a pruned one: venues that are alike are pooled, people who are
alike form crews, starts are integer variables over all possible starts. It has no objective: with
one, the solver's unsatisfied cores are not minimal. Where it relaxes (two sessions at one site or
in one pool need no way between them, a crew of several shares out its days and ways), it relaxes
towards possible: what it calls impossible is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model_helper import Literal

from events.planner.answer import Placement
from events.planner.candidates import Ints
from events.planner.explain.crews import Crew
from events.planner.explain.hands import Laid, hand_out
from events.planner.explain.needs import Able, Need
from events.planner.explain.rules import Rule
from events.planner.explain.scene import Scene
from events.planner.problem import DAY, Relation, Tie


@dataclass(frozen=True, slots=True)
class Serving:
    """A need of an activity, when a crew could fill it, and whether it does."""

    activity: int
    need: Need
    starts: Ints
    literal: Literal

    def excludes(self, other: Serving) -> bool:
        """Whether nobody could do both, whichever came first."""
        return self.activity == other.activity or not (
            self._can_follow(other) or other._can_follow(self)
        )

    def _can_follow(self, other: Serving) -> bool:
        return bool(
            len(self.starts)
            and len(other.starts)
            and self.need.begins(self.starts[-1]) >= other.need.ends(other.starts[0])
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is found: placements, or rules that cannot all hold, or neither.

    `missing`: how many sessions are too many, where that was counted.
    """

    placements: tuple[Placement, ...] | None = None
    core: tuple[Rule, ...] | None = None
    missing: int = 1


class Model:
    """The activities of a scene laid out together."""

    def __init__(self, scene: Scene, *, in_full: bool = False) -> None:
        """`in_full`: ways count as the longest they can be, so that what is found is possible."""
        self._scene = scene
        self._in_full = in_full
        self._problem = scene.problem
        self._asked, self._pools = scene.asked, scene.pools
        self._model = cp_model.CpModel()
        self._rules = {rule: self._model.new_bool_var(rule.id) for rule in scene.rules}
        self._at: dict[int, dict[int, Literal]] = {}
        self._start: dict[int, cp_model.IntVar] = {}
        self._days: dict[int, cp_model.IntVar] = {}
        self._orders: dict[tuple[int, int, bool], Literal] = {}
        self._serving: dict[int, list[dict[int, Literal]]] = {}
        self._gaps: dict[tuple[int, int, int], cp_model.LinearExpr | int] = {}
        self._inside: dict[tuple[int, str], Literal] = {}
        for one in scene.asked:
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
        literals = {self._rules[rule].index: rule for rule in assumed}
        self._model.add_assumptions([self._rules[rule] for rule in assumed])
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
            return Outcome(placements=hand_out(self._scene, self._read(solver)))
        return Outcome()

    # one activity: where, when, with whom

    def _lay_out(self, one: int) -> None:
        model, asked = self._model, self._asked[one]
        here = {at: pool for at, pool in enumerate(self._pools) if one in pool.starts}
        placed = self._placed(one)
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
        self._serving[one] = [
            {at: model.new_bool_var(f"{at} serves {asked.id}") for at in self._scene.able(one, n)}
            for n in range(len(self._scene.needs[one]))
        ]
        for serving in self._serving[one]:
            model.add(sum(serving.values()) == placed)

    def _placed(self, one: int) -> Literal:
        return self._rules[self._scene.placing[one]]

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
        for at, rule in self._scene.of_pool.items():
            pool = self._pools[at]
            holds = [
                self._model.new_optional_fixed_size_interval_var(
                    self._start[one] - self._asked[one].setup,
                    self._asked[one].setup + self._asked[one].minutes + self._asked[one].strike,
                    self._at[one][at],
                    f"hold of {one} at {at}",
                )
                for one in pool.starts
            ]
            self._hold_at_once(holds, pool.rooms, self._rules[rule])

    def _hold_at_once(
        self, holds: Sequence[cp_model.IntervalVar], most: int, rule: Literal
    ) -> None:
        """So many at most, if the rule holds."""
        capacity = len(holds) - max(0, len(holds) - most) * rule
        self._model.add_cumulative(holds, [1] * len(holds), capacity)

    def _share_days(self) -> None:
        """No more activities begin at a site on a day than it takes, while its rule holds."""
        for rule, (site, days) in self._scene.of_site.items():
            for day, some in days.items():
                that_day = [
                    self._begun(one, [self._at[one][at] for at in there], day)
                    for one, there in some.items()
                ]
                most = self._model.add(sum(that_day) <= site.most_per_day[day])
                most.only_enforce_if(self._rules[rule])

    def _begun(self, one: int, at: Sequence[Literal], day: int) -> Literal:
        """True at least if an activity begins on a day, in one of some places."""
        begun = self._model.new_bool_var(f"{one} there on {day}")
        off = self._model.new_bool_var(f"{one} not on {day}")
        self._model.add(self._day(one) != day).only_enforce_if(off)
        for here in at:
            self._model.add_bool_or(begun, off, here.negated())
        return begun

    def _share_people(self) -> None:
        """Each expert, kit and team serves as it can, while its rule holds."""
        for at, rule in self._scene.of_crew.items():
            crew, literal = self._scene.crews[at], self._rules[rule]
            each, members = crew.each, len(crew.members)
            duties = [
                Serving(
                    one,
                    self._scene.needs[one][n],
                    self._scene.served(crew, (one, n)),
                    self._serving[one][n][at],
                )
                for one, n in crew.duties
            ]
            for duty in duties:
                self._only_when_able(each, duty, literal)
            if each.most is not None:
                served = sum(duty.literal for duty in duties)
                self._model.add(served <= members * each.most).only_enforce_if(literal)
            if each.most_per_day is not None and members * each.most_per_day < len(duties):
                self._limit_days(members * each.most_per_day, duties, literal)
            if members == 1:
                self._serve_in_turn(each, duties, literal)
            else:
                self._serve_side_by_side(crew, duties, literal)

    def _serve_in_turn(self, able: Able, duties: Sequence[Serving], rule: Literal) -> None:
        """What one does is done one after the other, where both can be done at all."""
        for one, other in combinations(duties, 2):
            given = (one.literal, other.literal, rule)
            if one.excludes(other):
                self._model.add_bool_or(literal.negated() for literal in given)
            else:
                self._keep_apart((one.activity, other.activity), one.need, able, given)

    def _serve_side_by_side(self, crew: Crew, duties: Sequence[Serving], rule: Literal) -> None:
        """As many at once as there are members; each is busy for the least gap after a duty."""
        scene = self._scene
        gap = scene.longest_gap(crew) if self._in_full else scene.least_gap(crew)
        served = [
            self._model.new_optional_fixed_size_interval_var(
                duty.need.begins(0) + self._start[duty.activity],
                duty.need.ends(0) - duty.need.begins(0) + gap,
                duty.literal,
                f"{crew.each.id} at {duty.activity}",
            )
            for duty in duties
        ]
        self._hold_at_once(served, len(crew.members), rule)

    def _only_when_able(self, able: Able, duty: Serving, rule: Literal) -> None:
        given = (duty.literal, rule)
        if able.windows or able.area:
            domain = cp_model.Domain.from_values(duty.starts.tolist())
            start = self._start[duty.activity]
            self._model.add_linear_expression_in_domain(start, domain).only_enforce_if(*given)
        if able.area:
            near = [
                literal
                for at, literal in self._at[duty.activity].items()
                if self._pools[at].district in able.area
            ]
            self._model.add_bool_or(*near, *(literal.negated() for literal in given))

    def _limit_days(self, most: int, duties: Sequence[Serving], rule: Literal) -> None:
        for day in range(len(self._problem.days)):
            that_day = [self._begun(one.activity, [one.literal], day) for one in duties]
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
        table = self._scene.ways.between(here, there, moving, in_full=self._in_full)
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
        for track, members in self._scene.tracks.items():
            for one, other in combinations(members, 2):
                self._not_at_once(one, other, self._rules[track])
        for rule, relation, (first, second) in self._scene.relations:
            self._tie(relation, first, second, self._rules[rule])

    def _not_at_once(self, one: int, other: int, rule: Literal) -> None:
        before = self._order(one, other, whole=False)
        given = (rule, self._placed(one), self._placed(other))
        for first, then, order in ((one, other, before), (other, one, before.negated())):
            ended = self._start[first] + self._asked[first].minutes
            self._model.add(ended <= self._start[then]).only_enforce_if(order, *given)

    def _tie(self, relation: Relation, first: int, second: int, rule: Literal) -> None:
        given = (rule, self._placed(first), self._placed(second))
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

    def _read(self, solver: cp_model.CpSolver) -> Iterator[Laid]:
        for one in self._asked:
            if solver.value(self._placed(one)):
                yield Laid(
                    solver.value(self._start[one]),
                    one,
                    next(at for at, here in self._at[one].items() if solver.value(here)),
                    [
                        next(at for at, mine in serving.items() if solver.value(mine))
                        for serving in self._serving[one]
                    ],
                )
