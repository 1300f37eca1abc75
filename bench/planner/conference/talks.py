"""A conference that is to be laid out, drawn around a legal programme.

Every moment is a whole number of minutes from midnight before the first day, a multiple of SLOT.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

SLOT = 10
CHANGEOVER = 10
"""Minutes after a talk in which neither its stage nor its speakers begin the next."""
DAY = 1440
DAYS = 3
HOURS = (600, 1320)
"""Of each day, from the first talk's beginning to the last one's end: 10:00 to 22:00."""
MIDDLE = 960
"""Where the day of a speaker who comes for half of it is cut: 16:00."""
LOAD = 0.9
"""Of the stages' time that is taken."""
LENGTHS = ((20, 3), (50, 6), (110, 1))
"""Minutes of talks and how many of ten have them."""
SEATS = (300, 60, 120, 36, 240, 60)
PARTY = 12
"""Visitors and seats are multiples, so that the peer's whole weights say them exactly."""
MOST_WHO_WANT_BOTH = 15


class Span(NamedTuple):
    """From `start` up to, not including, `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Stage:
    """Where one talk at a time is held."""

    id: int
    seats: int


@dataclass(frozen=True, slots=True)
class Talk:
    """What is to be laid out once, on one of `stages`, when all `speakers` can."""

    id: int
    minutes: int
    visitors: int
    speakers: tuple[int, ...]
    stages: frozenset[int]


@dataclass(frozen=True, slots=True)
class Clash:
    """So many people would like to hear both talks."""

    talks: tuple[int, int]
    people: int


@dataclass(frozen=True, slots=True)
class Conference:
    """The question; `speakers` tells when each of them can, within the hours of the stages."""

    days: tuple[Span, ...]
    stages: tuple[Stage, ...]
    talks: tuple[Talk, ...]
    speakers: Mapping[int, tuple[Span, ...]]
    clashes: tuple[Clash, ...]


class Booked(NamedTuple):
    """A talk's place in a programme."""

    talk: int
    stage: int
    start: int


Programme = tuple[Booked, ...]


def draw(talks: int, seed: int) -> tuple[Conference, Programme]:
    """A conference of so many talks and a legal programme in which no clash is.

    The same numbers give the same conference on every machine.
    """
    rng = random.Random(seed)
    values, weights = zip(*LENGTHS, strict=True)
    minutes = dict(enumerate(rng.choices(values, weights, k=talks), start=1))
    programme = _laid_out(rng, minutes)
    stages = tuple(
        Stage(number, SEATS[(number - 1) % len(SEATS)])
        for number in sorted({one.stage for one in programme})
    )
    spans = {one.talk: Span(one.start, one.start + minutes[one.talk]) for one in programme}
    speakers = _speakers(rng, spans)
    conference = Conference(
        days=tuple(Span(*(day * DAY + minute for minute in HOURS)) for day in range(DAYS)),
        stages=stages,
        talks=tuple(_talk(rng, one, minutes, speakers, stages) for one in programme),
        speakers=_times(rng, spans, speakers),
        clashes=tuple(_clashes(rng, spans)),
    )
    return conference, programme


def _laid_out(rng: random.Random, minutes: dict[int, int]) -> Programme:
    """Every talk in the emptiest day of a stage, what is left of a day lying between talks."""
    room = HOURS[1] - HOURS[0] + CHANGEOVER
    whole = sum(length + CHANGEOVER for length in minutes.values())
    stages = math.ceil(whole / (LOAD * DAYS * room))
    held: dict[tuple[int, int], list[int]] = {
        (stage, day): [] for stage in range(1, stages + 1) for day in range(DAYS)
    }
    left = dict.fromkeys(held, room)
    for talk in sorted(minutes, key=lambda talk: -minutes[talk]):
        emptiest = max(left, key=lambda key: (left[key], rng.random()))
        held[emptiest].append(talk)
        left[emptiest] -= minutes[talk] + CHANGEOVER
    programme = []
    for (stage, day), own in held.items():
        rng.shuffle(own)
        breaks = sorted(rng.randint(0, left[stage, day] // SLOT) * SLOT for _ in own)
        start = day * DAY + HOURS[0]
        for talk, pause in zip(own, breaks, strict=True):
            programme.append(Booked(talk, stage, start + pause))
            start += minutes[talk] + CHANGEOVER
    return tuple(sorted(programme))


def _speakers(rng: random.Random, spans: Mapping[int, Span]) -> dict[int, tuple[int, ...]]:
    """Who gives each talk: one in ten has two; four of five speakers a talk."""
    number = math.ceil(len(spans) * 0.8) + 2
    busy: defaultdict[int, list[Span]] = defaultdict(list)
    giving = {}
    for talk, span in spans.items():
        free = [
            speaker
            for speaker in range(1, number + 1)
            if all(_are_apart(span, other, CHANGEOVER) for other in busy[speaker])
        ]
        giving[talk] = tuple(sorted(rng.sample(free, 2 if rng.random() < 0.1 else 1)))
        for speaker in giving[talk]:
            busy[speaker].append(span)
    return giving


def _times(
    rng: random.Random, spans: Mapping[int, Span], giving: Mapping[int, tuple[int, ...]]
) -> dict[int, tuple[Span, ...]]:
    """When each speaker can: on the days of their talks and some more, half of them in part."""
    own: defaultdict[int, list[Span]] = defaultdict(list)
    for talk, speakers in giving.items():
        for speaker in speakers:
            own[speaker].append(spans[talk])
    times = {}
    for speaker, held in sorted(own.items()):
        days = {span.start // DAY for span in held}
        days |= {day for day in range(DAYS) if rng.random() < 0.5}
        times[speaker] = tuple(_part_of(rng, day, held) for day in sorted(days))
    return times


def _part_of(rng: random.Random, day: int, held: list[Span]) -> Span:
    """A whole day or a half of it, in which lies what a speaker gives then."""
    first, last = (day * DAY + minute for minute in HOURS)
    middle = day * DAY + MIDDLE
    whole = Span(first, last)
    part = rng.choice((whole, whole, Span(first, middle), Span(middle, last)))
    today = [span for span in held if span.start // DAY == day]
    fits = all(part.start <= span.start and span.end <= part.end for span in today)
    return part if fits else whole


def _talk(
    rng: random.Random,
    booked: Booked,
    minutes: Mapping[int, int],
    speakers: Mapping[int, tuple[int, ...]],
    stages: tuple[Stage, ...],
) -> Talk:
    """Half of the other stages would do as well; few talks draw many, whatever their stage."""
    others = {stage.id for stage in stages if rng.random() < 0.5}
    return Talk(
        id=booked.talk,
        minutes=minutes[booked.talk],
        visitors=PARTY * math.ceil(max(SEATS) / PARTY * rng.random() ** 2),
        speakers=speakers[booked.talk],
        stages=frozenset({booked.stage} | others),
    )


def _clashes(rng: random.Random, spans: Mapping[int, Span]) -> Iterator[Clash]:
    """Three for two talks, between talks that lie apart; the most wanted first."""
    people = MOST_WHO_WANT_BOTH
    known: set[tuple[int, int]] = set()
    while len(known) < len(spans) * 3 // 2:
        one, other = sorted(rng.sample(sorted(spans), 2))
        if (one, other) not in known and _are_apart(spans[one], spans[other], 0):
            known.add((one, other))
            yield Clash((one, other), people)
            people = rng.randint(3, MOST_WHO_WANT_BOTH)


def _are_apart(one: Span, other: Span, pause: int) -> bool:
    return one.end + pause <= other.start or other.end + pause <= one.start
