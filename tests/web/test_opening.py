from __future__ import annotations

import pytest

from events.web.opening import opening


@pytest.mark.parametrize(
    ("hours", "zh", "en"),
    [
        ("", "", ""),
        ("Tu-Su 09:00-17:00", "周二至周日 09:00–17:00", "Tue–Sun 09:00–17:00"),
        (
            "Mo,We-Fr 08:00-12:00;Sa 18:00-20:30",
            "周一、周三至周五 08:00–12:00；周六 18:00–20:30",
            "Mon, Wed–Fri 08:00–12:00; Sat 18:00–20:30",
        ),
        ("always open", "always open", "always open"),
    ],
)
def test_hours_are_said_in_words(hours: str, zh: str, en: str) -> None:
    assert (opening(hours, "zh"), opening(hours, "en")) == (zh, en)
