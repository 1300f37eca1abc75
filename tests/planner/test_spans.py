"""Sets of minutes."""

from __future__ import annotations

from events.planner import spans
from events.planner.problem import DAY, Window


def test_days_that_windows_touch_are_days_of_the_campaign() -> None:
    windows = (Window(5 * DAY, 10**15), Window(DAY - 1, DAY + 1), Window(-5, 10))
    assert spans.days(windows, 7) == [0, 1, 5, 6]
    assert spans.days((Window(9 * DAY, 10 * DAY),), 7) == []
    assert spans.days((), 3) == [0, 1, 2]
