"""Plans in people's words."""

from __future__ import annotations

import pytest

from events.campaigns.models import Activity
from events.planning import words
from events.planning.queries import Row


def session(number: int, count: int) -> Row:
    """A session of A012 that is left out."""
    return Row(
        activity=Activity(code="A012"),
        number=number,
        count=count,
        starts_at=None,
        ends_at=None,
        venue="",
        team="",
        experts=(),
        kits=(),
        still_open={},
        reasons={},
    )


@pytest.mark.parametrize(
    ("numbers", "count", "named"),
    [
        ((1,), 1, "A012"),
        ((3,), 9, "A012/3"),
        ((1, 2), 9, "A012/1–2"),
        ((1, 2, 3, 5, 7, 8), 9, "A012/1–3, 5, 7–8"),
    ],
)
def test_sessions_of_one_activity_are_named_together(
    numbers: tuple[int, ...], count: int, named: str
) -> None:
    assert words.named([session(number, count) for number in numbers]) == named
