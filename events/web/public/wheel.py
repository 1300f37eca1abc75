"""The year as a ring: where each observance lies on it. Pure geometry, in units of the view box.

1 January is at the top, the year runs clockwise. From outside in: the months' names, then a band
for each kind (days, weeks, months, seasons); within a band, what overlaps lies in several lanes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from events.observances import Dated, Kind, Status
from events.observances.states import DayKind

SIZE = 720
CENTRE = SIZE / 2
NAMES = (316.0, 356.0)
HUB = 92.0
BANDS: dict[Kind, tuple[float, float]] = {
    Kind.DAY: (242.0, 312.0),
    Kind.WEEK: (180.0, 237.0),
    Kind.MONTH: (127.0, 175.0),
    Kind.SEASON: (98.0, 122.0),
}
RIM = (350.5, 359.5)  # where planning begins
EDGE = (312.6, 315.6)  # holidays
LEAST_DEG = 2.2  # a single day, wide enough to be seen and hit
GAP_DEG = 0.5  # between neighbours in one lane
GAP = 1.5  # between two lanes
THICKEST = 16.0
SEASONS = ("winter", "spring", "summer", "autumn")


@dataclass(frozen=True, kw_only=True)
class Sector:
    """One month: its first day, its outline, where its name stands, its season."""

    first: date
    path: str
    x: float
    y: float
    season: str


@dataclass(frozen=True, kw_only=True)
class Arc:
    """One observance on the ring."""

    dated: Dated
    path: str

    @property
    def is_provisional(self) -> bool:
        """Whether its dates are a placeholder, to be drawn dashed."""
        return self.dated.status is Status.PROVISIONAL


@dataclass(frozen=True, kw_only=True)
class Line:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Where the planning of an observance must begin: `on` the rim."""

    dated: Dated
    on: date
    path: str


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Days off, or a day of work that pays for them, between the days' band and the names."""

    kind: DayKind
    path: str


@dataclass(frozen=True, kw_only=True)
class Wheel:
    """Everything that the template draws; `hand` only in the year of `today`."""

    year: int
    months: tuple[Sector, ...]
    spokes: tuple[Line, ...]
    rings: tuple[float, ...]
    arcs: tuple[Arc, ...]
    marks: tuple[Mark, ...]
    stretches: tuple[Stretch, ...]
    hand: Line | None


def wheel(
    year: int,
    dated: Iterable[Dated],
    *,
    today: date,
    leads: Iterable[tuple[date, Dated]] = (),
    special: Mapping[date, DayKind] | None = None,
) -> Wheel:
    """The ring of `year` with the observances of `dated`, in their order.

    leads: days of `year` on which planning begins, and of what; special: holidays and make-up
    workdays of `year`.
    """
    return Wheel(
        year=year,
        months=tuple(_sector(year, month) for month in range(1, 13)),
        spokes=tuple(
            _spoke(_degrees(date(year, month, 1)), inner=HUB, outer=NAMES[1])
            for month in range(1, 13)
        ),
        rings=(HUB, *(BANDS[kind][0] - 2.5 for kind in (Kind.MONTH, Kind.WEEK, Kind.DAY))),
        arcs=tuple(_arcs(year, list(dated))),
        marks=tuple(Mark(dated=of, on=on, path=_notch(on)) for on, of in leads),
        stretches=tuple(_stretches(special or {})),
        hand=_hand(today) if today.year == year else None,
    )


def lanes(spans: list[tuple[float, float]]) -> list[int]:
    """A lane for each span of degrees, such that none overlaps another in its lane.

    Few lanes: each span takes the first lane that is free, longest first from the left.
    """
    order = sorted(range(len(spans)), key=lambda n: (spans[n][0], -spans[n][1], n))
    ends: list[float] = []
    found = [0] * len(spans)
    for n in order:
        start, end = spans[n]
        lane = next((k for k, taken in enumerate(ends) if taken + GAP_DEG <= start), len(ends))
        ends[lane : lane + 1] = [end]
        found[n] = lane
    return found


def segment(start_deg: float, end_deg: float, *, inner: float, outer: float) -> str:
    """The outline of a piece of a ring, as an SVG path; at most the whole ring but a hair."""
    end_deg = min(end_deg, start_deg + 359.9)
    is_large = int(end_deg - start_deg > 180)
    a, b = _point(start_deg, outer), _point(end_deg, outer)
    c, d = _point(end_deg, inner), _point(start_deg, inner)
    return (
        f"M{a[0]:g} {a[1]:g}A{outer:g} {outer:g} 0 {is_large} 1 {b[0]:g} {b[1]:g}"
        f"L{c[0]:g} {c[1]:g}A{inner:g} {inner:g} 0 {is_large} 0 {d[0]:g} {d[1]:g}Z"
    )


def _arcs(year: int, dated: list[Dated]) -> list[Arc]:
    arcs: dict[int, Arc] = {}
    for kind, (inner, outer) in BANDS.items():
        here = [n for n, one in enumerate(dated) if one.observance.kind is kind]
        spans = [_span(year, dated[n]) for n in here]
        numbers = lanes(spans)
        thick = min(THICKEST, (outer - inner) / (max(numbers, default=0) + 1))
        for n, (start, end), lane in zip(here, spans, numbers, strict=True):
            edge = round(outer - lane * thick, 2)
            path = segment(start, end, inner=round(edge - thick + GAP, 2), outer=edge)
            arcs[n] = Arc(dated=dated[n], path=path)
    return [arcs[n] for n in sorted(arcs)]


def _notch(on: date) -> str:
    """A small triangle on the rim that points inwards."""
    middle = _degrees(on) + 180 / 365
    (x1, y1), (x2, y2) = (_point(middle + turn, RIM[1]) for turn in (-0.8, 0.8))
    x3, y3 = _point(middle, RIM[0])
    return f"M{x1:g} {y1:g}L{x2:g} {y2:g}L{x3:g} {y3:g}Z"


def _stretches(special: Mapping[date, DayKind]) -> Iterable[Stretch]:
    """Neighbouring days of one kind as one piece."""
    days = sorted(special)
    starts = [day for day in days if special.get(day - timedelta(days=1)) is not special[day]]
    for start in starts:
        end = start
        while special.get(end) is special[start] and end.year == start.year:
            end += timedelta(days=1)
        path = segment(_degrees(start), _degrees(end, start.year), inner=EDGE[0], outer=EDGE[1])
        yield Stretch(kind=special[start], path=path)


def _span(year: int, one: Dated) -> tuple[float, float]:
    """Degrees from its first day to the end of its last, cut to the year, never too thin."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    start = _degrees(max(one.start, first))
    end = _degrees(min(one.end or one.start, last) + timedelta(days=1), year)
    thin = max(0.0, LEAST_DEG - (end - start)) / 2
    start, end = start - thin, end + thin
    shift = max(0.0, -start) - max(0.0, end - 360)
    return start + shift, end + shift


def _degrees(day: date, year: int | None = None) -> float:
    """Clockwise from the top; `year` says whose ring it is when `day` is the next New Year's."""
    first = date(year or day.year, 1, 1)
    length = (date(first.year, 12, 31) - first).days + 1
    return 360 * (day - first).days / length


def _sector(year: int, month: int) -> Sector:
    start = _degrees(date(year, month, 1))
    following = date(year, month, 28) + timedelta(days=4)
    end = _degrees(following.replace(day=1), year)
    x, y = _point((start + end) / 2, sum(NAMES) / 2)
    return Sector(
        first=date(year, month, 1),
        path=segment(start, end, inner=NAMES[0], outer=NAMES[1]),
        x=x,
        y=y,
        season=SEASONS[month % 12 // 3],
    )


def _hand(today: date) -> Line:
    half_a_day = 180 / 365
    return _spoke(_degrees(today) + half_a_day, inner=HUB, outer=NAMES[0])


def _spoke(degrees: float, *, inner: float, outer: float) -> Line:
    (x1, y1), (x2, y2) = _point(degrees, inner), _point(degrees, outer)
    return Line(x1=x1, y1=y1, x2=x2, y2=y2)


def _point(degrees: float, radius: float) -> tuple[float, float]:
    angle = math.radians(degrees)
    return (
        round(CENTRE + radius * math.sin(angle), 2),
        round(CENTRE - radius * math.cos(angle), 2),
    )
