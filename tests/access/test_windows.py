from __future__ import annotations

from events.access.limits import ROOM, Window


def test_the_oldest_of_the_newest_tries_counts() -> None:
    window = Window(seconds=60, most=2)
    moments = (0, 59, 59.9, 60, 61, 119)
    assert [window.lets("Mei", at) for at in moments] == [True, True, False, True, False, True]
    assert window.lets("Tao", 119)


def test_those_who_came_long_ago_are_forgotten() -> None:
    window = Window(seconds=60, most=1)
    for number in range(ROOM):
        assert window.lets(f"early {number}", 0)
    assert window.lets("late", 60)
    assert list(window._let) == ["late"]
