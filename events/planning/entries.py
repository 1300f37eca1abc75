"""From the planner's answer to the entries of a draft plan: names become rows, minutes moments.

The reasons of an entry, as they are stored, each sentence {"zh", "en"}:
{"total": possible venue-times, "left": of them, "steps": [{"count", "zh", "en"}], "core": [...],
"repairs": [...]}.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from events.planner.answer import Explanation, Placement, Plan, Sentence
from events.planner.wording import Template
from events.planning.names import number
from events.planning.problem import Question, Session

SPACE = "space:"
TO_PLACE = Template("《{title}》要排上", "“{title}” is to be placed")
OUTSIDE = Template(
    "希望的日期已经过去，或者离活动周期太远",
    "the dates that it wishes have passed, or lie too far outside of the campaign",
)
OTHER_DATES = Template("给《{title}》另选日期", "choose other dates for “{title}”")


def entries(
    question: Question, plan: Plan, reasons: Mapping[str, Explanation]
) -> list[dict[str, Any]]:
    """The columns of one entry for each session, in the order of their activities."""
    placed = {placement.activity: placement for placement in plan.placements}
    stays = {
        session.activity_id: (name, session)
        for name, session in question.sessions.items()
        if session.stays
    }
    found = []
    for name, session in question.sessions.items():
        if session.stays:
            continue
        row = _entry(question, session, placed.get(name))
        if session.is_outside:
            found.append(row | {"reasons": _outside(session.asked.activity.title)})
            continue
        why = [reasons.get(name)]
        if session.activity_id in stays:
            _keep(row, *stays[session.activity_id], placed)
            why.append(reasons.get(stays[session.activity_id][0]))
        found.append(row | {"reasons": next((_told(one) for one in why if one), {})})
    return found


def _entry(question: Question, session: Session, placement: Placement | None) -> dict[str, Any]:
    asked = session.asked
    row: dict[str, Any] = {
        "activity_id": session.activity_id,
        "number": session.number,
        "starts_at": None,
        "ends_at": None,
        "space_id": None,
        "team_id": None,
        "expert_ids": [],
        "kit_ids": [],
        "still_open": {
            "fields": list(asked.fields),
            "skills": sorted(asked.skills),
            "kits": list(session.unknown),
            "people": asked.people,
        },
    }
    if placement is None:
        return row
    end = placement.start + asked.activity.minutes
    return row | {
        "starts_at": question.horizon.moment(placement.start),
        "ends_at": question.horizon.moment(end),
        "space_id": number(placement.venue) if placement.venue.startswith(SPACE) else None,
        "team_id": number(placement.team) if placement.team else None,
        "expert_ids": _numbers(placement.experts),
        "kit_ids": _numbers(placement.kits),
    }


def _keep(row: dict[str, Any], name: str, stay: Session, placed: Mapping[str, Placement]) -> None:
    """What stays for the whole run is at each of its sessions, or missing at each."""
    if row["starts_at"] is None:
        return
    if name in placed:
        row["kit_ids"] = sorted({*row["kit_ids"], *_numbers(placed[name].kits)})
    else:
        row["still_open"]["kits"] += stay.asked.activity.kits


def _numbers(names: Iterable[str]) -> list[int]:
    """Rows, each once: pieces of one kit are one row."""
    return sorted({number(name) for name in names})


def _outside(title: str) -> dict[str, Any]:
    return {
        "core": [said(one.fill(title=title)) for one in (TO_PLACE, OUTSIDE)],
        "repairs": [said(OTHER_DATES.fill(title=title))],
    }


def _told(found: Explanation) -> dict[str, Any]:
    told: dict[str, Any] = defaultdict(list)
    if found.waterfall:
        told |= {"total": found.waterfall.total, "left": found.waterfall.left}
        steps = (reason for reason in found.waterfall.reasons if reason.count)
        told["steps"] = [{"count": one.count} | said(one.sentence) for one in steps]
    told["core"] = [said(one) for one in found.core.sentences] if found.core else []
    told["repairs"] = [said(one.sentence) for one in found.repairs]
    return dict(told)


def said(one: Sentence) -> dict[str, str]:
    """A sentence as it is stored."""
    return {"zh": one.zh, "en": one.en}
