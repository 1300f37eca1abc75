"""What the world does to a problem: each change says itself in words and gives the new problem.

A thing that is gone stays in its table, since locks and plans still name it; it can do nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from events.planner import spans
from events.planner.answer import Sentence
from events.planner.problem import (
    DAY,
    Activity,
    Contract,
    Expert,
    Kit,
    Lock,
    Problem,
    Team,
    Venue,
    Volunteer,
    Window,
)

_Row = TypeVar("_Row", Activity, Expert, Kit, Team, Venue, Volunteer)


class WorldChange(Protocol):
    """Anything that turns one problem into another."""

    def apply(self, problem: Problem) -> Problem:
        """The problem as it is from now on."""

    def reason(self, problem: Problem) -> Sentence:
        """What happened, as the second half of "because ..."; `problem` is the old one."""


@dataclass(frozen=True, slots=True)
class VenueDeclines:
    """A venue, or a whole site, takes its yes back: for `windows`, or for good."""

    venue: str
    windows: tuple[Window, ...] = ()

    def apply(self, problem: Problem) -> Problem:
        """The windows are closed there."""
        closed = self.windows or (_always(problem),)
        return replace(
            problem,
            venues=_each(
                problem.venues,
                lambda x: self.venue in (x.id, x.site),
                lambda x: replace(x, closed=(*x.closed, *closed)),
            ),
        )

    def reason(self, problem: Problem) -> Sentence:
        """Names the venue."""
        name = _name(problem.venues, self.venue)
        return Sentence(f"“{name}”不能用了", f"{name} is not available any more")


@dataclass(frozen=True, slots=True)
class Storm:
    """Nothing can be outdoors in these districts on one day."""

    day: int
    districts: frozenset[str]

    def apply(self, problem: Problem) -> Problem:
        """Storm days are added."""
        storms = frozenset((self.day, district) for district in self.districts)
        return replace(problem, storms=problem.storms | storms)

    def reason(self, problem: Problem) -> Sentence:
        """Names the day."""
        date = problem.days[self.day].date
        return Sentence(
            f"{date.month}月{date.day}日有暴风雨", f"there is a storm on {date.isoformat()}"
        )


@dataclass(frozen=True, slots=True)
class ExpertIll:
    """An expert cannot come: in `windows`, or at all."""

    expert: str
    windows: tuple[Window, ...] = ()

    def apply(self, problem: Problem) -> Problem:
        """The windows are cut from the expert's."""

        def ill(expert: Expert) -> Expert:
            left = _less(problem, expert.windows, self.windows)
            return replace(expert, windows=left) if left else replace(expert, most_per_day=0)

        return replace(problem, experts=_each(problem.experts, lambda x: x.id == self.expert, ill))

    def reason(self, problem: Problem) -> Sentence:
        """Names the expert."""
        name = _name(problem.experts, self.expert)
        return Sentence(f"专家{name}不能来", f"{name} cannot come")


@dataclass(frozen=True, slots=True)
class KitBroken:
    """A kit or caravan is out of service: in `windows`, or for the whole campaign."""

    kit: str
    windows: tuple[Window, ...] = ()

    def apply(self, problem: Problem) -> Problem:
        """The windows are cut from the kit's."""

        def broken(kit: Kit) -> Kit:
            left = _less(problem, kit.windows, self.windows)
            return replace(kit, windows=left) if left else replace(kit, most_per_day=0)

        return replace(problem, kits=_each(problem.kits, lambda x: x.id == self.kit, broken))

    def reason(self, problem: Problem) -> Sentence:
        """Names the kit."""
        name = _name(problem.kits, self.kit)
        return Sentence(f"{name}坏了", f"{name} is out of service")


@dataclass(frozen=True, slots=True)
class TeamCancels:
    """A team cannot serve at all; its members are their own masters."""

    team: str

    def apply(self, problem: Problem) -> Problem:
        """Nobody is left in the team."""
        return replace(
            problem,
            teams=_each(problem.teams, lambda x: x.id == self.team, lambda x: replace(x, size=0)),
        )

    def reason(self, problem: Problem) -> Sentence:
        """Names the team."""
        name = _name(problem.teams, self.team)
        return Sentence(f"{name}不能来", f"{name} cannot come")


@dataclass(frozen=True, slots=True)
class VolunteersCancel:
    """People who will not come to anything any more."""

    volunteers: frozenset[str]

    def apply(self, problem: Problem) -> Problem:
        """They can take no place, need not fulfil a contract, and no lock holds them."""
        return replace(
            problem,
            volunteers=_each(
                problem.volunteers,
                lambda x: x.id in self.volunteers,
                lambda x: replace(x, skills=frozenset(), contract=Contract()),
            ),
            locks=tuple(self._released(lock) for lock in problem.locks),
            wishes=tuple(x for x in problem.wishes if x.volunteer not in self.volunteers),
        )

    def reason(self, problem: Problem) -> Sentence:
        """Names up to three of them, and how many there are."""
        names = [x.name or x.id for x in problem.volunteers if x.id in self.volunteers]
        more = len(names) - 3
        if more > 0:
            return Sentence(
                f"{'、'.join(names[:3])}等{len(names)}名志愿者退出了",
                f"{', '.join(names[:3])} and {more} more volunteers have cancelled",
            )
        return Sentence(f"{'、'.join(names)}退出了", f"{', '.join(names)} cancelled")

    def _released(self, lock: Lock) -> Lock:
        if lock.volunteers is None:
            return lock
        held = tuple(pair for pair in lock.volunteers if pair[0] not in self.volunteers)
        return replace(lock, volunteers=held)


@dataclass(frozen=True, slots=True)
class DemandRises:
    """More visitors than expected of one audience, in percent; in one district, if told."""

    audience: str
    percent: int
    district: str | None = None

    def apply(self, problem: Problem) -> Problem:
        """Visitors grow, rounded up."""
        return replace(
            problem,
            activities=_each(
                problem.activities,
                lambda x: x.audience == self.audience and self.district in (None, x.district),
                lambda x: replace(x, visitors=-(-x.visitors * (100 + self.percent) // 100)),
            ),
        )

    def reason(self, problem: Problem) -> Sentence:
        """Names the audience."""
        name = _name(problem.audiences, self.audience)
        return Sentence(
            f"{name}预计人数增加{self.percent}%", f"{self.percent} % more {name} are expected"
        )


@dataclass(frozen=True, slots=True)
class ActivityAdded:
    """One more activity."""

    activity: Activity

    def apply(self, problem: Problem) -> Problem:
        """It stands at the end of the list."""
        return replace(problem, activities=(*problem.activities, self.activity))

    def reason(self, problem: Problem) -> Sentence:  # noqa: ARG002 - as all changes
        """Names the activity."""
        name = self.activity.title or self.activity.id
        return Sentence(f"新增了《{name}》", f"“{name}” is new")


def apply_all(problem: Problem, changes: Iterable[WorldChange]) -> Problem:
    """One change after the other."""
    for change in changes:
        problem = change.apply(problem)
    return problem


def _each(
    rows: tuple[_Row, ...], concerns: Callable[[_Row], bool], changed: Callable[[_Row], _Row]
) -> tuple[_Row, ...]:
    """The table with the rows that a change concerns exchanged."""
    return tuple(changed(row) if concerns(row) else row for row in rows)


def _less(
    problem: Problem, windows: tuple[Window, ...], away: tuple[Window, ...]
) -> tuple[Window, ...]:
    """What is left of someone's windows (none: the whole campaign); away=(): nothing."""
    whole = _always(problem)
    return spans.cut(windows or (whole,), away or (whole,))


def _always(problem: Problem) -> Window:
    return Window(0, (len(problem.days) + 1) * DAY)


class _Named(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


def _name(rows: Iterable[_Named], key: str) -> str:
    """The name of a row, its id where it has none."""
    return next((x.name or x.id for x in rows if x.id == key), key)
