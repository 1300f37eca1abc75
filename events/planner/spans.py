"""Sets of minutes as sorted, disjoint windows: merged, cut, and asked what lies within."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from events.planner.problem import DAY, Window


def merged(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The same minutes in as few windows as possible, ascending; empty windows disappear."""
    found: list[Window] = []
    for window in sorted(windows, key=lambda one: (one.start, one.end)):
        if window.end <= window.start:
            continue
        if found and window.start <= found[-1].end:
            found[-1] = Window(found[-1].start, max(found[-1].end, window.end))
        else:
            found.append(window)
    return tuple(found)


def cut(windows: Iterable[Window], away: Iterable[Window]) -> tuple[Window, ...]:
    """The minutes of `windows` that no window of `away` takes; merged."""
    left: list[Window] = []
    gaps = merged(away)
    for window in merged(windows):
        start = window.start
        for gap in gaps:
            if gap.end <= start or gap.start >= window.end:
                continue
            if start < gap.start:
                left.append(Window(start, gap.start))
            start = gap.end
        if start < window.end:
            left.append(Window(start, window.end))
    return tuple(left)


def within(span: Window, windows: Sequence[Window]) -> bool:
    """Whether one of `windows` (merged) contains the whole of `span`."""
    at = bisect_right(windows, span.start, key=lambda one: one.start) - 1
    return at >= 0 and span.end <= windows[at].end


def overlap(one: Window, other: Window) -> bool:
    """Whether two windows share a minute."""
    return one.start < other.end and other.start < one.end


def days(windows: Sequence[Window], count: int) -> list[int]:
    """Those of a campaign's first `count` days that windows touch; all where there are none."""
    if not windows:
        return list(range(count))
    touched = (range(max(one.start // DAY, 0), min(-(-one.end // DAY), count)) for one in windows)
    return sorted(set[int]().union(*touched))


def whole_days(span: Window) -> Window:
    """The days that a window touches, from midnight to midnight."""
    return Window(span.start // DAY * DAY, -(-span.end // DAY) * DAY)
