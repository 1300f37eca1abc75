"""What it takes to make one venue-time possible for an activity, cause by cause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from events.planner.answer import Sentence
from events.planner.candidates import Cause
from events.planner.problem import DAY, Activity, Level, Lock, Problem, Term, Venue, Window
from events.planner.roads import hold, session
from events.planner.spans import cut, whole_days
from events.planner.wording import Names, Template, listed

COSTS: dict[Cause, int] = {
    Cause.NOT_CHOSEN: 10,
    Cause.NOT_WISHED: 15,
    Cause.DATES: 20,
    Cause.TOO_SMALL: 20,
    Cause.FACILITIES: 20,
    Cause.HOURS: 30,
    Cause.CLOSED: 30,
    Cause.LOCKED: 40,
}
"""What a relaxed rule costs, in points: a permission less than a change, a promise most."""
Changed = Callable[[Problem], Problem]


def changing(activity: str, **changes: object) -> Changed:
    """Gives one activity other values of some fields."""

    def change(problem: Problem) -> Problem:
        changed = tuple(
            replace(one, **changes) if one.id == activity else one  # type: ignore[arg-type]
            for one in problem.activities
        )
        return replace(problem, activities=changed)

    return change


def time_of(activity: Activity, start: int) -> Window:
    """The time that is allowed so that it can begin at `start`: of what lasts for days, days."""
    asked = session(activity, start)
    return asked if activity.minutes < DAY else whole_days(asked)


@dataclass(frozen=True, slots=True)
class Change:
    """Makes one venue-time possible, cause by cause."""

    problem: Problem
    names: Names
    activity: Activity
    venue: Venue
    start: int

    def not_chosen(self) -> tuple[Problem, Sentence]:
        """Its venues, and this one."""
        chosen = (self.activity.venues or frozenset()) | {self.venue.id}
        return self._activity(venues=chosen), self._say(ALLOW_VENUE)

    def too_small(self) -> tuple[Problem, Sentence]:
        """As many visitors as there are seats."""
        return self._activity(visitors=self.venue.seats), self._say(_FEWER)

    def facilities(self) -> tuple[Problem, Sentence]:
        """The venue gets what it lacks."""
        return self._venue(facilities=self.venue.facilities | self.activity.facilities), self._say(
            _EQUIP
        )

    def hours(self) -> tuple[Problem, Sentence]:
        """The venue is open for it."""
        longer = (*self.venue.open, hold(self.activity, self.start))
        return self._venue(open=longer), self._say(_OPEN)

    def closed(self) -> tuple[Problem, Sentence]:
        """The venue is made free for it."""
        freed = cut(self.venue.closed, [hold(self.activity, self.start)])
        return self._venue(closed=freed), self._say(_FREE)

    def dates(self) -> tuple[Problem, Sentence]:
        """Its own times, and this one."""
        more = (*self.activity.windows, time_of(self.activity, self.start))
        return self._activity(windows=more), self._say(ALLOW_TIME)

    def locked(self) -> tuple[Problem, Sentence]:
        """Its lock leaves this venue and start."""
        locks = tuple(map(self._unlocked, self.problem.locks))
        return replace(self.problem, locks=locks), self._say(_UNLOCK)

    def not_wished(self) -> tuple[Problem, Sentence]:
        """Wishes are prices again."""
        weights = {
            **self.problem.weights,
            Term.TIME: Level.VERY_IMPORTANT,
            Term.VENUE: Level.VERY_IMPORTANT,
        }
        return replace(self.problem, weights=weights), self._say(_NO_MUST)

    def _unlocked(self, lock: Lock) -> Lock:
        if lock.activity != self.activity.id:
            return lock
        return replace(
            lock,
            venue=None if lock.venue != self.venue.id else lock.venue,
            start=None if lock.start != self.start else lock.start,
        )

    def _activity(self, **changes: object) -> Problem:
        return changing(self.activity.id, **changes)(self.problem)

    def _venue(self, **changes: object) -> Problem:
        changed = tuple(
            replace(one, **changes) if one.id == self.venue.id else one  # type: ignore[arg-type]
            for one in self.problem.venues
        )
        return replace(self.problem, venues=changed)

    def _say(self, template: Template) -> Sentence:
        return template.fill(
            activity=self.names.activity(self.activity.id),
            venue=self.names.of(Venue, self.venue.id),
            hold=self.names.span(hold(self.activity, self.start)),
            time=self.names.span(time_of(self.activity, self.start)),
            seats=self.venue.seats,
            missing=listed(sorted(self.activity.facilities - self.venue.facilities)),
        )


CHANGES: dict[Cause, Callable[[Change], tuple[Problem, Sentence]]] = {
    Cause.NOT_CHOSEN: Change.not_chosen,
    Cause.TOO_SMALL: Change.too_small,
    Cause.FACILITIES: Change.facilities,
    Cause.HOURS: Change.hours,
    Cause.CLOSED: Change.closed,
    Cause.DATES: Change.dates,
    Cause.LOCKED: Change.locked,
    Cause.NOT_WISHED: Change.not_wished,
}
ALLOW_VENUE = Template("允许{activity}使用{venue}", "allow {venue} for {activity}")
_FEWER = Template("{activity}控制在{seats}人以内", "limit {activity} to {seats} visitors")
_EQUIP = Template("为{venue}配备{missing}", "bring to {venue}: {missing}")
_OPEN = Template("请{venue}在{hold}开放", "have {venue} open {hold}")
_FREE = Template("请{venue}安排出{hold}", "ask {venue} to make room {hold}")
ALLOW_TIME = Template("允许{activity}排在{time}", "allow {activity} on {time}")
_UNLOCK = Template("解除{activity}的锁定", "unlock {activity}")
_NO_MUST = Template(
    "把“必须”满足的意愿改为“很重要”", "turn wishes that “must” be met into very important ones"
)
