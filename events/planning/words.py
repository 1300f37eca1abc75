"""Plans in people's words: what is still to be found, why something is left out, what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from events.kernel.texts import known, say
from events.planner.answer import Language
from events.planner.problem import Term
from events.planner.progress import SENTENCES
from events.planner.terms import TERMS
from events.planning.models import PlanRun
from events.planning.queries import Row


def _(message: str) -> str:
    """Mark `message` for translation."""
    return message


OPEN = {
    "fields": _("to find: an expert for %(names)s"),
    "skills": _("to find: volunteers for %(names)s"),
    "kits": _("to find: %(names)s"),
}
MORE_PEOPLE = _("to find: %(n)s more volunteers")


def speech(language: str) -> Language:
    """The planner's name of one of Kepu's languages."""
    return "zh" if known(language) == "zh" else "en"


def sentence(stored: Mapping[str, str], language: str) -> str:
    """A stored sentence (entries.py) in one language."""
    return stored[speech(language)]


def named(rows: Sequence[Row]) -> str:
    """Sessions of one activity by their names: A012/3, A012/1–17, A012/1–2, 5."""
    first, *others = rows
    spans = [[first.number, first.number]]
    for row in others:
        if row.number == spans[-1][1] + 1:
            spans[-1][1] = row.number
        else:
            spans.append([row.number, row.number])
    numbers = [f"{low}–{high}" if high > low else f"{low}" for low, high in spans]
    return first.name if not others else f"{first.activity.code}/{', '.join(numbers)}"


def still_open(row: Row, language: str) -> Iterator[str]:
    """What is still to be found for a session."""
    comma = "、" if speech(language) == "zh" else ", "
    for kind, text in OPEN.items():
        names = row.still_open.get(kind)
        if names:
            yield say(language, text, names=comma.join(names))
    if row.still_open.get("people"):
        yield say(language, MORE_PEOPLE, n=row.still_open["people"])


def phase(run: PlanRun, language: str) -> str:
    """What a search does now."""
    said = {str(name): text for name, text in SENTENCES.items()}.get(run.phase)
    return said.say(speech(language)) if said else ""


def points(run: PlanRun, language: str) -> list[tuple[str, int]]:
    """What the plan of a run costs, by term, the dearest first."""
    found = run.facts.get("by_term", {})
    named = [(TERMS[Term(term)].name.say(speech(language)), cost) for term, cost in found.items()]
    return sorted(named, key=lambda one: -one[1])
