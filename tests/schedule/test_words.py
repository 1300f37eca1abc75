from __future__ import annotations

from datetime import datetime

import pytest

from events.schedule.rules import Timing
from events.schedule.states import SeriesKind
from events.schedule.words import in_words

START = datetime(2025, 9, 6, 9, 0)


def timing(rule: str = "", *dates: datetime) -> Timing:
    kind = SeriesKind.RULE if rule else SeriesKind.DATES if dates else SeriesKind.SINGLE
    return Timing(
        kind=kind,
        tz="Asia/Shanghai",
        starts_local=dates[0] if dates else START,
        duration_min=120,
        rule=rule,
        dates=dates,
    )


@pytest.mark.parametrize(
    ("rule", "zh", "en"),
    [
        ("", "2025年9月6日 周六 09:00–11:00", "Sat 6 Sep 2025 09:00–11:00"),
        ("FREQ=DAILY;COUNT=3", "每天 09:00–11:00，共 3 次", "Every day 09:00–11:00, 3 times"),
        (
            "FREQ=DAILY;INTERVAL=2;COUNT=3",
            "每2天 09:00–11:00，共 3 次",
            "Every 2 days 09:00–11:00, 3 times",
        ),
        (
            "FREQ=WEEKLY;BYDAY=SA;COUNT=4",
            "每周六 09:00–11:00，共 4 次",
            "Every Saturday 09:00–11:00, 4 times",
        ),
        (
            "FREQ=WEEKLY;COUNT=1",
            "每周六 09:00–11:00，共 1 次",
            "Every Saturday 09:00–11:00, once",
        ),
        (
            "FREQ=WEEKLY;BYDAY=SU,SA;UNTIL=20250930",
            "每周六、周日 09:00–11:00，至2025年9月30日 周二",
            "Every Saturday and Sunday 09:00–11:00, until Tue 30 Sep 2025",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR;COUNT=10",
            "每2周的周一至周五 09:00–11:00，共 10 次",
            "Every 2 weeks on Monday to Friday 09:00–11:00, 10 times",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=6;COUNT=3",
            "每月6日 09:00–11:00，共 3 次",
            "Every month on day 6 09:00–11:00, 3 times",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3",
            "每月最后一天 09:00–11:00，共 3 次",
            "Every month on the last day 09:00–11:00, 3 times",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=1SA;COUNT=3",
            "每2个月的第一个周六 09:00–11:00，共 3 次",
            "Every 2 months on the first Saturday 09:00–11:00, 3 times",
        ),
        (
            "FREQ=MONTHLY;BYDAY=SA;BYSETPOS=-1;COUNT=3",
            "每月最后一个周六 09:00–11:00，共 3 次",
            "Every month on the last Saturday 09:00–11:00, 3 times",
        ),
        (
            "FREQ=YEARLY;COUNT=2",
            "每年9月6日 09:00–11:00，共 2 次",
            "Every year on 6 September 09:00–11:00, 2 times",
        ),
        (
            "FREQ=YEARLY;BYMONTH=9;BYDAY=1SA;COUNT=2",
            "每年9月第一个周六 09:00–11:00，共 2 次",
            "Every year on the first Saturday of September 09:00–11:00, 2 times",
        ),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1;COUNT=4",
            "2025年10月1日–31日 09:00–11:00，共 4 次",
            "",
        ),
    ],
)
def test_a_rule_in_words(rule: str, zh: str, en: str) -> None:
    if not en:  # no plain words: said by its days, whatever they are
        assert in_words(timing(rule), "zh").endswith("09:00–11:00，共 4 次")
        return
    assert (in_words(timing(rule), "zh"), in_words(timing(rule), "en")) == (zh, en)


def test_few_dates_are_named() -> None:
    said = timing("", START, datetime(2025, 9, 13, 9, 0))
    assert in_words(said, "zh") == "9月6日 周六、9月13日 周六 09:00–11:00"
    assert in_words(said, "en") == "Sat 6 Sep; Sat 13 Sep 09:00–11:00"


def test_many_dates_are_counted() -> None:
    said = timing("", *(datetime(2025, 9, day, 9, 0) for day in (6, 8, 13, 20)))
    assert in_words(said, "zh") == "9月6日–20日 09:00–11:00，共 4 次"
    assert in_words(said, "en") == "6–20 Sep 09:00–11:00, 4 times"


def test_dates_at_different_hours_do_not_claim_one() -> None:
    said = timing("", START, datetime(2025, 9, 13, 14, 0))
    assert in_words(said, "zh") == "9月6日 周六、9月13日 周六"
