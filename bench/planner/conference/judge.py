"""What a programme is worth to the visitors, and which rules it breaks: one judge for all.

Shares no code with those who lay out. The measure is people turned away: visitors above a stage's
seats, all visitors of a talk that is left out, and those who would like to hear two talks that
are held at once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from bench.planner.conference.talks import CHANGEOVER, SLOT, Booked, Conference, Programme, Talk


@dataclass(frozen=True, slots=True)
class Judged:
    """People turned away by cause, and each broken rule in words."""

    placed: int
    left_out: int
    seatless: int
    torn: int
    broken: tuple[str, ...]

    @property
    def turned_away(self) -> int:
        return self.left_out + self.seatless + self.torn


def judge(conference: Conference, programme: Programme) -> Judged:
    """Counts and rules of a programme of known talks and stages."""
    talks = {talk.id: talk for talk in conference.talks}
    seats = {stage.id: stage.seats for stage in conference.stages}
    held = {one.talk: one for one in programme}
    return Judged(
        placed=len(held),
        left_out=sum(talk.visitors for talk in conference.talks if talk.id not in held),
        seatless=sum(max(0, talks[one.talk].visitors - seats[one.stage]) for one in held.values()),
        torn=sum(
            clash.people
            for clash in conference.clashes
            if all(talk in held for talk in clash.talks)
            and _gap(*((held[talk], talks[talk]) for talk in clash.talks)) < 0
        ),
        broken=tuple(_broken(conference, programme)),
    )


def _broken(conference: Conference, programme: Programme) -> Iterator[str]:
    talks = {talk.id: talk for talk in conference.talks}
    for talk, times in Counter(one.talk for one in programme).items():
        if times > 1:
            yield f"talk {talk}: laid out {times} times"
    for one in programme:
        yield from _alone(conference, one, talks[one.talk])
    users: defaultdict[str, list[tuple[Booked, Talk]]] = defaultdict(list)
    for one in sorted(programme, key=lambda one: one.start):
        for user in (f"stage {one.stage}", *(f"speaker {n}" for n in talks[one.talk].speakers)):
            for before in users[user]:
                if _gap(before, (one, talks[one.talk])) < CHANGEOVER:
                    yield f"{user}: talks {before[0].talk} and {one.talk} too close"
            users[user].append((one, talks[one.talk]))


def _alone(conference: Conference, one: Booked, talk: Talk) -> Iterator[str]:
    end = one.start + talk.minutes
    if one.start % SLOT:
        yield f"talk {talk.id}: begins between slots"
    if one.stage not in talk.stages:
        yield f"talk {talk.id}: stage {one.stage} does not suit"
    if not any(day.start <= one.start and end <= day.end for day in conference.days):
        yield f"talk {talk.id}: outside the hours"
    for speaker in talk.speakers:
        times = conference.speakers[speaker]
        if not any(can.start <= one.start and end <= can.end for can in times):
            yield f"talk {talk.id}: speaker {speaker} cannot"


def _gap(one: tuple[Booked, Talk], other: tuple[Booked, Talk]) -> int:
    """Minutes between two talks; negative while both are held."""
    (first, talk), (second, _) = sorted((one, other), key=lambda pair: pair[0].start)
    return second.start - first.start - talk.minutes
