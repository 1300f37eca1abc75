"""A conference as SlotMachine's JSON says it, and its answer as a programme.

Weights are chosen so that the peer's objective is the judge's measure but for a constant: a venue
counts weight x slots of the talk with its changeover, which here are the people who find a seat;
a pair of talks kept apart counts its weight, which are the people who want both.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from bench.planner.conference.talks import (
    CHANGEOVER,
    SLOT,
    Booked,
    Conference,
    Programme,
    Span,
    Stage,
    Talk,
)

MIDNIGHT = dt.datetime(2025, 9, 20)


def question(conference: Conference) -> dict[str, Any]:
    """What the peer reads: talks with the times that suit all their speakers, and conflicts."""
    return {
        "talks": [_talk(conference, talk) for talk in conference.talks],
        "conflicts": [
            {"talks": list(clash.talks), "weight": clash.people} for clash in conference.clashes
        ],
    }


def programme(talks: Iterable[Mapping[str, Any]]) -> Programme:
    """Where the peer holds each talk, and when."""
    return tuple(
        sorted(Booked(int(talk["id"]), int(talk["venue"]), _minute(talk["time"])) for talk in talks)
    )


def _talk(conference: Conference, talk: Talk) -> dict[str, Any]:
    times = _when_all_can(conference, talk)
    return {
        "id": talk.id,
        "duration": talk.minutes,
        "speakers": list(talk.speakers),
        "minutes_after": CHANGEOVER,
        "venue_times": [
            {"venue": stage.id, "venue_weight": _weight(talk, stage), "times": times}
            for stage in conference.stages
            if stage.id in talk.stages
        ],
    }


def _weight(talk: Talk, stage: Stage) -> int:
    return min(talk.visitors, stage.seats) * SLOT // (talk.minutes + CHANGEOVER)


def _when_all_can(conference: Conference, talk: Talk) -> list[dict[str, str]]:
    spans = list(conference.days)
    for speaker in talk.speakers:
        both = (
            Span(max(one.start, other.start), min(one.end, other.end))
            for one in spans
            for other in conference.speakers[speaker]
        )
        spans = [span for span in both if span.end - span.start >= talk.minutes]
    return [{"start": _moment(span.start), "end": _moment(span.end)} for span in spans]


def _moment(minute: int) -> str:
    return (MIDNIGHT + dt.timedelta(minutes=minute)).isoformat()


def _minute(moment: str) -> int:
    return (dt.datetime.fromisoformat(moment) - MIDNIGHT) // dt.timedelta(minutes=1)
