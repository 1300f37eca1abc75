"""A plan looked up in its problem: who and what every placement and assignment means."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from events.planner.answer import Placement, Plan
from events.planner.problem import (
    DAY,
    Activity,
    Expert,
    Kit,
    Problem,
    Team,
    Venue,
    Volunteer,
    Window,
)
from events.planner.roads import Roads, hold, session


@dataclass(frozen=True, slots=True)
class Laid:
    """An activity laid out: at a venue, visitors from `session.start`, the room held longer."""

    placement: Placement
    activity: Activity
    venue: Venue
    session: Window
    hold: Window

    @property
    def day(self) -> int:
        """The day on which it begins; every count by day goes by it."""
        return self.session.start // DAY

    @property
    def outdoors(self) -> bool:
        """Whether rain and storms reach it."""
        return self.activity.outdoor or self.venue.outdoor


@dataclass(frozen=True, slots=True)
class Duty:
    """A volunteer's place of a skill at an activity that is laid out."""

    laid: Laid
    skill: str


class Overview:
    """Problem and plan side by side; what a plan names and a problem does not know is left out.

    Of two placements of one activity only the first is seen. All lists ascend by start.
    """

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem = problem
        self.plan = plan
        self.roads = Roads(problem)
        self.activities: Mapping[str, Activity] = {one.id: one for one in problem.activities}
        self.venues: Mapping[str, Venue] = {one.id: one for one in problem.venues}
        self.experts: Mapping[str, Expert] = {one.id: one for one in problem.experts}
        self.kits: Mapping[str, Kit] = {one.id: one for one in problem.kits}
        self.teams: Mapping[str, Team] = {one.id: one for one in problem.teams}
        self.volunteers: Mapping[str, Volunteer] = {one.id: one for one in problem.volunteers}
        self.by_activity = self._lay_out()
        self.laid = _ascending(self.by_activity.values())
        self.of_expert: dict[str, list[Laid]] = defaultdict(list)
        self.of_kit: dict[str, list[Laid]] = defaultdict(list)
        self.of_team: dict[str, list[Laid]] = defaultdict(list)
        for laid in self.laid:
            self._call(laid)
        self.duties: dict[str, list[Duty]] = defaultdict(list)
        self.taken: dict[str, Counter[str]] = defaultdict(Counter)
        self._staff()

    def together(self, activities: Iterable[str]) -> list[Laid]:
        """Those of `activities` that are laid out, each once, ascending by start."""
        known = dict.fromkeys(activities)
        return _ascending(self.by_activity[one] for one in known if one in self.by_activity)

    def _lay_out(self) -> dict[str, Laid]:
        found: dict[str, Laid] = {}
        for placement in self.plan.placements:
            activity = self.activities.get(placement.activity)
            venue = self.venues.get(placement.venue)
            if activity is None or venue is None or activity.id in found:
                continue
            start = placement.start
            found[activity.id] = Laid(
                placement, activity, venue, session(activity, start), hold(activity, start)
            )
        return found

    def _call(self, laid: Laid) -> None:
        for expert in laid.placement.experts:
            if expert in self.experts:
                self.of_expert[expert].append(laid)
        for kit in laid.placement.kits:
            if kit in self.kits:
                self.of_kit[kit].append(laid)
        if laid.placement.team in self.teams:
            self.of_team[str(laid.placement.team)].append(laid)

    def _staff(self) -> None:
        for assignment in self.plan.assignments:
            laid = self.by_activity.get(assignment.activity)
            if laid is not None and assignment.volunteer in self.volunteers:
                self.duties[assignment.volunteer].append(Duty(laid, assignment.skill))
                self.taken[assignment.activity][assignment.skill] += 1
        for duties in self.duties.values():
            duties.sort(key=lambda duty: (duty.laid.session.start, duty.laid.activity.id))


def _ascending(laid: Iterable[Laid]) -> list[Laid]:
    return sorted(laid, key=lambda one: (one.session.start, one.activity.id))
