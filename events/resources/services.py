"""Naming experts for sessions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from sqlalchemy import delete, select

from events.kernel.db import session
from events.kernel.errors import Refused
from events.resources import queries
from events.resources.models import Allocation, Expert
from events.schedule.models import Occurrence


def allot(expert: Expert, occurrences: Iterable[Occurrence], *, now: datetime) -> list[Occurrence]:
    """Let `expert` speak at these sessions; those that are new. Twice is once.

    Raises Refused("expert_elsewhere") naming what the expert does at that time.
    """
    _one_at_a_time([expert])
    rows = _without(expert, occurrences)
    for other in _clashes(expert, rows).values():
        raise Refused("expert_elsewhere", name=expert.name, title=other.activity.title)
    _add(expert, rows, now)
    return rows


def release(expert: Expert, occurrences: Iterable[Occurrence]) -> list[Occurrence]:
    """Let `expert` no longer speak at these sessions; those where that was planned."""
    ids = [row.id for row in occurrences]
    theirs = (Allocation.expert_id == expert.id, Allocation.occurrence_id.in_(ids))
    there = set(session().scalars(select(Allocation.occurrence_id).where(*theirs)))
    session().execute(delete(Allocation).where(*theirs))
    return [row for row in occurrences if row.id in there]


def copy_allocations(model: Occurrence, occurrences: list[Occurrence], *, now: datetime) -> None:
    """Let whoever speaks at `model` speak at sessions that were added later, too.

    Who is elsewhere at that time is left out: an organizer finds somebody.
    """
    experts = queries.speakers([model.id]).get(model.id, [])
    _one_at_a_time(experts)
    for expert in experts:
        rows = _without(expert, occurrences)
        clash = _clashes(expert, rows)
        _add(expert, [row for row in rows if row.id not in clash], now)


def _one_at_a_time(experts: Iterable[Expert]) -> None:
    """Whoever names one of these experts waits for the others, so that clashes are seen."""
    ids = [expert.id for expert in experts]
    session().execute(
        select(Expert.id).where(Expert.id.in_(ids)).order_by(Expert.id).with_for_update()
    )


def _without(expert: Expert, occurrences: Iterable[Occurrence]) -> list[Occurrence]:
    """Those of the sessions for which `expert` is not named yet."""
    rows = list(occurrences)
    found = select(Allocation.occurrence_id).where(
        Allocation.expert_id == expert.id,
        Allocation.occurrence_id.in_([row.id for row in rows]),
    )
    there = set(session().scalars(found))
    return [row for row in rows if row.id not in there]


def _clashes(expert: Expert, rows: list[Occurrence]) -> dict[int, Occurrence]:
    """As queries.clashes, and where the sessions overlap each other."""
    ordered = sorted(rows, key=lambda row: (row.starts_at, row.id))
    among = {
        after.id: before for before, after in pairwise(ordered) if after.starts_at < before.ends_at
    }
    return among | queries.clashes(expert, rows)


def _add(expert: Expert, rows: Iterable[Occurrence], now: datetime) -> None:
    session().add_all(Allocation(occurrence=row, expert=expert, created_at=now) for row in rows)
    session().flush()
