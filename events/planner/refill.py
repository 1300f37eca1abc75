"""Volunteers after a repair: whoever can stays, emptied places are filled again, no more.

A place is filled by whoever is near and free: scarce places first, each by the least loaded of
the activity's team, then of the district, then of anywhere; one who took a place just before
gives it on, if that helps (an ejection chain of length one). `check` judges every line of duties.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from events.planner import disturbance
from events.planner.answer import Assignment, Placement, Plan
from events.planner.check import check
from events.planner.problem import DAY, Activity, Problem, Volunteer

Post = tuple[str, str]
"""An activity and a skill that one more volunteer is asked for."""


def refill(problem: Problem, old: Plan, placements: Sequence[Placement]) -> tuple[Assignment, ...]:
    """Assignments for `placements`: old ones in their order, then new ones."""
    roster = Roster(problem, placements)
    before = disturbance.by_activity(old.placements)
    moved = {
        key
        for key, now in roster.placements.items()
        if (was := before.get(key)) is None or (was.venue, was.start) != (now.venue, now.start)
    }
    suspects = {
        who
        for x in check(problem, Plan(tuple(placements), old.assignments))
        if x.rule == "H7"
        for who in x.others
    }
    lines: dict[str, list[Assignment]] = defaultdict(list)
    for x in old.assignments:
        lines[x.volunteer].append(x)
    for who, line in lines.items():
        is_shaken = who in suspects or any(roster.is_gone(x) for x in line)
        roster.keep(who, roster.longest(who, line, moved) if is_shaken else line)
    _fill(roster, _emptied(problem, old, roster, set(before)))
    kept = set(roster.assignments())
    stay = [x for x in old.assignments if x in kept]
    return (*stay, *sorted(kept.difference(stay), key=lambda x: (x.activity, x.skill, x.volunteer)))


class Roster:
    """Who serves where, and who could; volunteers and activities by id."""

    def __init__(self, problem: Problem, placements: Iterable[Placement]) -> None:
        self._problem = problem
        self.placements = disturbance.by_activity(placements)
        self._activities = {x.id: x for x in problem.activities}
        self._venues = {x.id: x for x in problem.venues}
        self._volunteers = {x.id: x for x in problem.volunteers}
        self._lines: dict[str, list[Assignment]] = defaultdict(list)
        self._near: dict[tuple[str | None, str], list[Volunteer]] = defaultdict(list)
        for volunteer in problem.volunteers:
            for skill in volunteer.skills:
                self._near[volunteer.district, skill].append(volunteer)

    def assignments(self) -> Iterator[Assignment]:
        """All duties."""
        for line in self._lines.values():
            yield from line

    def keep(self, who: str, line: list[Assignment]) -> None:
        """These are a volunteer's duties."""
        self._lines[who] = line

    def serving(self) -> Counter[Post]:
        """How many serve at each post."""
        return Counter((x.activity, x.skill) for x in self.assignments())

    def is_gone(self, duty: Assignment) -> bool:
        """Whether the activity has no place of the skill any more, or is not placed."""
        if duty.activity not in self.placements:
            return True
        return duty.skill not in {x.skill for x in self._activities[duty.activity].places}

    def longest(self, who: str, line: list[Assignment], moved: set[str]) -> list[Assignment]:
        """As many duties of a line as are legal together; what was moved goes first."""
        left = [x for x in line if not self.is_gone(x)]
        shaky = sorted(left, key=lambda x: (x.activity not in moved, x.activity))
        while left and not self._is_legal(who, left):
            single = next((x for x in shaky if self._is_legal(who, _less(left, x))), shaky[0])
            left, shaky = _less(left, single), _less(shaky, single)
        return left

    def able(self, post: Post) -> Iterator[str]:
        """Volunteers who can take a post as they are, the best first: near ones, then others."""
        yield from (x.id for x in self._candidates(post) if self.can(x.id, post))
        here = self._district(post)
        for (district, skill), others in self._near.items():
            if skill == post[1] and district != here:
                yield from (x.id for x in others if self.can(x.id, post))

    def choice(self, post: Post) -> int:
        """How many near ones seem free, duties aside that a contract might forbid."""
        return sum(self._is_around(x, post[0]) for x in self._near[self._district(post), post[1]])

    def swap(self, post: Post, new: set[Assignment]) -> bool:
        """Let somebody take the post who hands a place taken just before on to another."""
        for volunteer in self._candidates(post):
            for duty in [x for x in self._lines[volunteer.id] if x in new]:
                self._lines[volunteer.id].remove(duty)
                given = (duty.activity, duty.skill)
                if self.can(volunteer.id, post):
                    taken = self.take(volunteer.id, post)
                    other = next(self.able(given), None)
                    if other is not None:
                        new -= {duty}
                        new |= {taken, self.take(other, given)}
                        return True
                    self._lines[volunteer.id].remove(taken)
                self._lines[volunteer.id].append(duty)
        return False

    def take(self, who: str, post: Post) -> Assignment:
        """A volunteer takes a post."""
        duty = Assignment(who, *post)
        self._lines[who].append(duty)
        return duty

    def can(self, who: str, post: Post) -> bool:
        """Whether a volunteer can take a post beside all other duties."""
        return self._is_around(self._volunteers[who], post[0]) and self._is_legal(
            who, [*self._lines[who], Assignment(who, *post)]
        )

    def _candidates(self, post: Post) -> list[Volunteer]:
        """Of the district and skill; the activity's own team first, the least busy first."""
        team = self.placements[post[0]].team
        return sorted(
            self._near[self._district(post), post[1]],
            key=lambda x: (x.team != team, len(self._lines[x.id]), x.id),
        )

    def _district(self, post: Post) -> str:
        return self._venues[self.placements[post[0]].venue].district

    def _is_around(self, volunteer: Volunteer, activity: str) -> bool:
        """The quick half of the question: neither off, nor there already, nor at another one."""
        start, end = self._span(activity)
        if start // DAY in volunteer.days_off:
            return False
        if volunteer.windows and not any(
            x.start <= start and end <= x.end for x in volunteer.windows
        ):
            return False
        for duty in self._lines[volunteer.id]:
            other_start, other_end = self._span(duty.activity)
            if start < other_end and other_start < end:
                return False
        return True

    def _span(self, activity: str) -> tuple[int, int]:
        start = self.placements[activity].start
        return start, start + self._activities[activity].minutes

    def _is_legal(self, who: str, line: Sequence[Assignment]) -> bool:
        """The checker's word on one volunteer's duties alone; more of them may be owed."""
        told = self._problem
        placements = [self.placements[key] for key in dict.fromkeys(x.activity for x in line)]
        alone = Problem(
            days=told.days,
            activities=tuple(self._activities[x.activity] for x in placements),
            venues=tuple({x.venue: self._venues[x.venue] for x in placements}.values()),
            grid=told.grid,
            districts=told.districts,
            volunteers=(self._volunteers[who],),
            travel=told.travel,
            not_after=told.not_after,
            night=told.night,
        )
        broken = check(alone, Plan(tuple(placements), tuple(line)))
        return not any(x.rule == "H7" and who in x.others and not x.is_owed for x in broken)


def _emptied(problem: Problem, old: Plan, roster: Roster, placed: set[str]) -> list[Post]:
    """Posts that were filled and are no more, and all of activities that were not placed."""
    filled = Counter((x.activity, x.skill) for x in old.assignments)
    serving = roster.serving()
    posts: list[Post] = []
    for activity in problem.activities:
        if activity.id in roster.placements:
            for skill, need in _needs(activity).items():
                post = (activity.id, skill)
                wanted = min(need, filled[post]) if activity.id in placed else need
                posts += [post] * (wanted - serving[post])
    return posts


def _fill(roster: Roster, posts: list[Post]) -> None:
    """Scarce posts first; whoever is left asks those who took a place before."""
    new: set[Assignment] = set()
    choice = {post: roster.choice(post) for post in set(posts)}
    open_posts = []
    for post in sorted(posts, key=lambda x: (choice[x], x)):
        who = next(roster.able(post), None)
        if who is None:
            open_posts.append(post)
        else:
            new.add(roster.take(who, post))
    for post in open_posts:
        roster.swap(post, new)


def _needs(activity: Activity) -> Mapping[str, int]:
    needs: Counter[str] = Counter()
    for place in activity.places:
        needs[place.skill] += place.need
    return needs


def _less(some: list[Assignment], one: Assignment) -> list[Assignment]:
    return [x for x in some if x != one]
