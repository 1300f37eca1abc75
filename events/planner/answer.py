"""What the planner answers: plans, scores, violations, explanations, progress."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from events.planner.problem import Term

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing said in both languages."""

    zh: str
    en: str

    def say(self, language: Language) -> str:
        """The words in one language."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Placement:
    """An activity laid out; who of `experts` and `kits` answers which need is by position.

    `start` is when visitors come, in minutes (set-up lies before it). `backup` is an indoor venue
    kept free at the same time.
    """

    activity: str
    venue: str
    start: int
    team: str | None = None
    experts: tuple[str, ...] = ()
    kits: tuple[str, ...] = ()
    backup: str | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """A volunteer takes a place of a skill at an activity."""

    volunteer: str
    activity: str
    skill: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything is; an activity without placement is left out."""

    placements: tuple[Placement, ...] = ()
    assignments: tuple[Assignment, ...] = ()


@dataclass(frozen=True, slots=True)
class Violation:
    """A hard rule broken: its id (H1-H11), whom it concerns, by how much, in words."""

    rule: str
    activities: tuple[str, ...]
    sentence: Sentence
    amount: int = 1
    others: tuple[str, ...] = ()
    """Ids of venues, experts, kits, teams or volunteers that it names."""
    is_owed: bool = False
    """Something promised is missing (a volunteer's least minutes): to leave out more mends nothing.

    Where nobody can give it, the plan that owes least is the best one, not none."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a plan costs in points: `total` is the sum of `by_term` and nothing else."""

    total: int
    by_term: Mapping[Term, int]
    by_activity: Mapping[str, int]
    """The part that one activity causes alone; shared terms (coverage, fairness) are not in it."""


class Status(StrEnum):
    """How a search ended."""

    OPTIMAL = "optimal"
    """Proved: no plan over the same candidates costs less. Never said where something is owed."""
    GOOD = "good"
    """The best found within the limits."""
    UNUSABLE = "unusable"
    """The problem itself is wrong; `Result.faults` says where."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that no plan can be made from: e.g. ("activities[3].visitors", "is negative")."""

    kind: str
    """`activity_problems`, `venue_problems`, ...: the table of the problem that is wrong."""
    where: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Limits:
    """When a search ends: the first limit that is reached; memory in MB, bounds the engine.

    `work` counts rounds of improvement: with it and a seed, a run can be repeated exactly.
    """

    seconds: float = 60.0
    work: int | None = None
    memory: int = 1500
    workers: int = 2
    with_bound: bool = True
    """Whether time is given to a bound that needs no proof."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One event of a search. `pct` never falls; `phase` solution follows a clean check only."""

    seq: int
    t: float
    phase: Literal["filter", "greedy", "improve", "staff", "verify", "solution", "done"]
    pct: int
    cost: int | None = None
    bound: int | None = None
    placed: int = 0
    unplaced: int = 0
    by_term: Mapping[Term, int] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    """Activities that the last step moved, 50 at most."""
    sentence: Sentence = Sentence("", "")
    plan: Plan | None = None
    """With phase solution and done only: the checked plan itself."""
    owed: int = 0
    """By how much that plan falls short of what is promised (`Violation.is_owed`)."""


@dataclass(frozen=True, slots=True)
class Result:
    """The end of a search: a plan that the checker passed, or the faults of the problem.

    Where no plan was found that owes nothing, the checker says what this one owes.
    """

    plan: Plan
    score: Score
    bound: int | None
    status: Status
    unplaced: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    trace: tuple[Progress, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One activity, volunteers included, before and after a repair, and why."""

    activity: str
    before: Placement | None
    after: Placement | None
    hit: bool
    """The world forced it: the old placement had become impossible."""
    disturbance: int
    sentence: Sentence
    joined: tuple[Assignment, ...] = ()
    left: tuple[Assignment, ...] = ()


@dataclass(frozen=True, slots=True)
class Diff:
    """What a repair changed, and what it disturbs: people times stage of commitment."""

    changes: tuple[Change, ...]
    disturbance: int


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of a waterfall: so many of the possible venue-times end here."""

    rule: str
    count: int
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From all venue-times of an activity to those that are left: total = sum(reasons) + left."""

    activity: str
    total: int
    reasons: tuple[Reason, ...]
    left: int


@dataclass(frozen=True, slots=True)
class Repair:
    """A cheapest way out: the rules to relax, in words, and what it costs."""

    rules: tuple[str, ...]
    sentence: Sentence
    cost: int


@dataclass(frozen=True, slots=True)
class Core:
    """Rules that cannot all hold; `minimal` once leaving any one of them out was tried."""

    rules: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    minimal: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why: the waterfall of one activity, the broken rules, the core and the ways out."""

    waterfall: Waterfall | None = None
    violations: tuple[Violation, ...] = ()
    core: Core | None = None
    repairs: tuple[Repair, ...] = ()
