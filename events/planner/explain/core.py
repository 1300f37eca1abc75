"""Minimal sets of rules that cannot all hold.

From a core that the solver gives (its unsatisfied assumptions), one rule after the other is left
out and the rest asked again; what is still impossible without it goes (Chinneck and Dravnieks 1991,
deletion filtering). What remains is proved once more by a model of its own activities only.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from events.planner.answer import Core
from events.planner.candidates import Candidates
from events.planner.explain.inquiry import Inquiry
from events.planner.explain.rules import Rule
from events.planner.explain.scene import Scene
from events.planner.problem import Activity
from events.planner.stop import Stop


def minimal(inquiry: Inquiry, found: Sequence[Rule], stop: Stop) -> tuple[list[Rule], bool]:
    """A part of `found` that is impossible still; whether no rule can be spared was shown.

    Activities are tried first, so that few are left in the end; of those that are alike one.
    """
    kept = sorted(found, key=lambda rule: (rule.number != "place", rule.id))
    needed: set[Hashable] = set()
    shown = True
    for rule in tuple(kept):
        if rule not in kept or inquiry.scene.likeness(rule) in needed:
            continue
        rest = [one for one in kept if one != rule]
        outcome = inquiry.ask(rest, stop.left())
        if outcome.core is not None:
            kept = [one for one in rest if one in outcome.core]
        elif outcome.placements is None:
            shown = False
        else:
            needed.add(inquiry.scene.likeness(rule))
    return kept, shown


def proved(candidates: Candidates, rules: Sequence[Rule], stop: Stop) -> bool:
    """Whether a fresh question about the core's own activities finds these rules impossible too."""
    at = {activity.id: index for index, activity in enumerate(candidates.problem.activities)}
    own = [at[rule.about.id] for rule in rules if isinstance(rule.about, Activity)]
    scene = Scene(candidates, own, rules)
    known = set(scene.rules)
    return known >= set(rules) and Inquiry(scene).ask(rules, stop.left()).core is not None


def as_core(rules: Sequence[Rule], *, shown: bool) -> Core:
    """A core for people: activities first, then what they compete for."""
    told = sorted(rules, key=lambda rule: (rule.number != "place", rule.id))
    return Core(
        tuple(rule.id for rule in told), tuple(rule.sentence for rule in told), minimal=shown
    )
