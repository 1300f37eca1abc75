from __future__ import annotations

import math
import re
from datetime import date

import pytest

from events import observances
from events.observances import Kind
from events.web.public import wheel as geometry
from events.web.public.wheel import BANDS, CENTRE, lanes, segment, wheel

YEARS = (1950, 2024, 2025, 2026, 2027, 2100)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def test_twelve_months_fill_the_ring_from_the_top_clockwise() -> None:
    made = wheel(2026, [], today=date(2025, 1, 1))
    assert [sector.first.month for sector in made.months] == list(range(1, 13))
    assert [sector.season for sector in made.months] == (
        ["winter"] * 2 + ["spring"] * 3 + ["summer"] * 3 + ["autumn"] * 3 + ["winter"]
    )
    january, april, december = made.months[0], made.months[3], made.months[11]
    assert january.x > CENTRE > january.y
    assert april.x > CENTRE
    assert april.y > CENTRE
    assert december.x < CENTRE
    assert made.spokes[0].x1 == made.spokes[0].x2 == CENTRE


def test_spans_in_one_lane_never_overlap() -> None:
    spans = [(0.0, 10.0), (5.0, 12.0), (10.0, 20.0), (10.5, 11.0), (21.0, 22.0)]
    assert lanes(spans) == [0, 1, 2, 0, 0]
    assert lanes([]) == []


@pytest.mark.parametrize("year", YEARS)
def test_no_two_observances_of_a_year_collide(year: int) -> None:
    dated = observances.year(year)
    for kind in Kind:
        spans = [geometry._span(year, one) for one in dated if one.observance.kind is kind]
        numbers = lanes(spans)
        for a, (start, end) in enumerate(spans):
            for b in range(a):
                if numbers[a] == numbers[b]:
                    assert end <= spans[b][0] or spans[b][1] <= start


@pytest.mark.parametrize("year", YEARS)
def test_each_observance_lies_in_the_band_of_its_kind(year: int) -> None:
    made = wheel(year, observances.year(year), today=date(2026, 11, 22))
    assert [arc.dated for arc in made.arcs] == observances.year(year)
    for arc in made.arcs:
        inner, outer = BANDS[arc.dated.observance.kind]
        x, y = (float(n) for n in NUMBER.findall(arc.path)[:2])
        assert inner <= math.hypot(x - CENTRE, y - CENTRE) <= outer + 0.02
        assert not (set(NUMBER.findall(arc.path)) & {"nan", "inf"})


def test_new_years_days_stay_inside_the_year() -> None:
    one = next(iter(observances.year(2026)))
    first = observances.Dated(
        observance=one.observance,
        year=2026,
        start=date(2026, 1, 1),
        end=date(2026, 1, 1),
        status=one.status,
    )
    last = observances.Dated(
        observance=one.observance,
        year=2026,
        start=date(2026, 12, 31),
        end=date(2027, 1, 5),
        status=one.status,
    )
    assert geometry._span(2026, first) == pytest.approx((0.0, geometry.LEAST_DEG))
    assert geometry._span(2026, last) == pytest.approx((360 - geometry.LEAST_DEG, 360.0))


def test_the_hand_stands_only_in_the_year_of_today() -> None:
    assert wheel(2025, [], today=date(2026, 7, 2)).hand is None
    hand = wheel(2026, [], today=date(2026, 7, 2)).hand
    assert hand is not None
    assert hand.x2 == pytest.approx(CENTRE, abs=0.5)
    assert hand.y2 > CENTRE


def test_a_whole_year_is_still_an_outline() -> None:
    path = segment(0, 360, inner=10, outer=20)
    numbers = [float(n) for n in NUMBER.findall(path)]
    assert numbers[:2] == [CENTRE, CENTRE - 20]
    assert numbers[2:5] == [20, 20, 0]
    assert numbers[5:7] == [1, 1]
    assert math.dist(numbers[:2], numbers[7:9]) > 0.01
