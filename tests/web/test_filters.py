from __future__ import annotations

from events.web.filters import unbroken


def test_times_are_kept_on_one_line_and_all_else_is_escaped() -> None:
    assert unbroken("<b> Sat 09:00–12:00; Wed 14:00–17:00") == (
        '&lt;b&gt; Sat <span class="text-nowrap">09:00–12:00</span>;'
        ' Wed <span class="text-nowrap">14:00–17:00</span>'
    )
