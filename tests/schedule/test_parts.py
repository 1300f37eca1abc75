from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from events.kernel.errors import Refused
from events.schedule import rules
from events.schedule.parts import joined, shared
from events.schedule.rules import Timing
from events.schedule.states import DayChoice, SeriesKind

EARLY = Timing(
    kind=SeriesKind.RULE,
    tz="Asia/Shanghai",
    starts_local=datetime(2025, 9, 6, 9),
    duration_min=90,
    rule="FREQ=WEEKLY;UNTIL=20250926",
)
LATE = replace(EARLY, starts_local=datetime(2025, 9, 27, 14), rule="FREQ=WEEKLY;COUNT=4")
BOTH = (EARLY, LATE)
SHOWN = replace(EARLY, rule="FREQ=WEEKLY;BYDAY=SA;UNTIL=20251018")


def starts(part: Timing | None) -> list[str]:
    return [f"{each:%m-%d %H}" for each in rules.starts(part)] if part else []


def after(**changes: object) -> list[list[str]]:
    new = replace(SHOWN, **changes)  # type: ignore[arg-type]
    return [starts(part) for part in shared(BOTH, shown=SHOWN, new=new)]


EARLY_DAYS, LATE_DAYS = (
    ["09-06 09", "09-13 09", "09-20 09"],
    ["09-27 14", "10-04 14", "10-11 14", "10-18 14"],
)


def test_a_form_shows_the_whole_with_the_hours_of_the_part_that_was_chosen() -> None:
    assert joined(BOTH, EARLY) == SHOWN
    assert joined(BOTH, LATE) == replace(SHOWN, starts_local=datetime(2025, 9, 6, 14))
    assert joined([LATE], LATE) == LATE


def test_what_is_left_alone_stays_as_each_part_has_it() -> None:
    assert shared(BOTH, shown=SHOWN, new=SHOWN) == [
        rules.spelled_out(EARLY),
        rules.spelled_out(LATE),
    ]
    longer = shared(BOTH, shown=SHOWN, new=replace(SHOWN, duration_min=120))
    assert [part and part.duration_min for part in longer] == [120, 120]
    assert [starts(part) for part in longer] == [EARLY_DAYS, LATE_DAYS]
    avoiding = shared(BOTH, shown=SHOWN, new=replace(SHOWN, on_holiday=DayChoice.SKIP))
    assert [part and part.on_holiday for part in avoiding] == [DayChoice.SKIP, DayChoice.SKIP]


def test_another_hour_and_other_days_hold_for_all_parts() -> None:
    ten = SHOWN.starts_local.replace(hour=10)
    assert after(starts_local=ten) == [
        [f"{day[:5]} 10" for day in EARLY_DAYS],
        [f"{day[:5]} 10" for day in LATE_DAYS],
    ]
    sundays = replace(SHOWN, rule="FREQ=WEEKLY;BYDAY=SU;UNTIL=20251018")
    assert after(starts_local=datetime(2025, 9, 7, 9), rule=sundays.rule) == [
        ["09-07 09", "09-14 09", "09-21 09"],
        ["09-28 14", "10-05 14", "10-12 14"],
    ]


def test_every_second_week_stays_every_second_across_the_parts() -> None:
    assert after(rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=SA;UNTIL=20251018") == [
        ["09-06 09", "09-20 09"],
        ["10-04 14", "10-18 14"],
    ]


@pytest.mark.parametrize(
    ("end", "early", "late"),
    [
        ("UNTIL=20251101", EARLY_DAYS, [*LATE_DAYS, "10-25 14", "11-01 14"]),
        ("UNTIL=20251004", EARLY_DAYS, LATE_DAYS[:2]),
        ("UNTIL=20250913", EARLY_DAYS[:2], []),
        ("COUNT=9", EARLY_DAYS, [*LATE_DAYS, "10-25 14", "11-01 14"]),
        ("COUNT=4", EARLY_DAYS, LATE_DAYS[:1]),
        ("COUNT=3", EARLY_DAYS, []),
        ("COUNT=2", EARLY_DAYS[:2], []),
    ],
)
def test_the_end_is_that_of_the_whole(end: str, early: list[str], late: list[str]) -> None:
    assert after(rule=f"FREQ=WEEKLY;BYDAY=SA;{end}") == [early, late]


def test_a_series_made_endless_goes_on_in_its_last_part() -> None:
    new = replace(SHOWN, rule="FREQ=WEEKLY;BYDAY=SA")
    early, late = shared(BOTH, shown=SHOWN, new=new)
    assert starts(early) == EARLY_DAYS
    assert late
    assert late.is_open


def test_a_later_start_takes_away_what_is_before() -> None:
    assert after(starts_local=datetime(2025, 9, 13, 9)) == [EARLY_DAYS[1:], LATE_DAYS]
    assert after(starts_local=datetime(2025, 10, 4, 9)) == [[], LATE_DAYS[1:]]


def test_exceptions_and_extra_dates_go_to_the_part_that_they_concern() -> None:
    out = (datetime(2025, 9, 13, 9), datetime(2025, 10, 4, 9))
    extra = (datetime(2025, 9, 10, 9), datetime(2025, 10, 1, 9))
    early, late = shared(BOTH, shown=SHOWN, new=replace(SHOWN, exdates=out, rdates=extra))
    assert early
    assert late
    assert (early.exdates, late.exdates) == ((out[0],), (datetime(2025, 10, 4, 14),))
    assert (early.rdates, late.rdates) == (extra[:1], extra[1:])
    again = joined([early, late], early)
    assert again
    assert (again.exdates, again.rdates) == (out, extra)
    assert shared([early, late], shown=again, new=SHOWN) == [
        rules.spelled_out(EARLY),
        rules.spelled_out(LATE),
    ]


def dates(*days: int) -> Timing:
    found = tuple(datetime(2025, 9, day, 9) for day in days)
    return replace(EARLY, kind=SeriesKind.DATES, rule="", starts_local=found[0], dates=found)


def test_a_date_goes_to_the_part_whose_dates_are_nearest() -> None:
    parts = (dates(1, 8), dates(20, 22))
    shown = joined(parts, parts[0])
    assert shown == dates(1, 8, 20, 22)
    assert shared(parts, shown=shown, new=dates(1, 9, 18, 22)) == [dates(1, 9), dates(18, 22)]
    assert shared(parts, shown=shown, new=dates(1, 8)) == [dates(1, 8), None]


def test_rules_and_dates_are_not_edited_as_one() -> None:
    assert joined((EARLY, dates(28)), EARLY) is None
    with pytest.raises(Refused, match="parts_differ"):
        shared(BOTH, shown=SHOWN, new=dates(1, 2))
