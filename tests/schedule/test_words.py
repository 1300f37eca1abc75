from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from events.kernel.errors import Refused
from events.kernel.recurrence import DAYS, Rule
from events.schedule.reading import read
from events.schedule.rules import Timing
from events.schedule.states import DayChoice, SeriesKind
from events.schedule.words import ORDINALS, Spoken, in_words, spoken

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
            "FREQ=WEEKLY;BYDAY=SA",
            "每周六 09:00–11:00，长期举行",
            "Every Saturday 09:00–11:00, with no end date",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=15,1;COUNT=3",
            "每月1日、15日 09:00–11:00，共 3 次",
            "Every month on day 1 and day 15 09:00–11:00, 3 times",
        ),
        (
            "FREQ=MONTHLY;BYDAY=3SA,1SA;COUNT=3",
            "每月第一个周六、第三个周六 09:00–11:00，共 3 次",
            "Every month on the first Saturday and the third Saturday 09:00–11:00, 3 times",
        ),
        (
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1;COUNT=3",
            "每年2月最后一天 09:00–11:00，共 3 次",
            "Every year on the last day of February 09:00–11:00, 3 times",
        ),
        (
            "FREQ=YEARLY;BYYEARDAY=100",
            "按规则 FREQ=YEARLY;BYYEARDAY=100",
            "By the rule FREQ=YEARLY;BYYEARDAY=100",
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


KEEP, SKIP, MOVE = DayChoice.KEEP, DayChoice.SKIP, DayChoice.MOVE


@pytest.mark.parametrize(
    ("choices", "zh", "en"),
    [
        (
            (KEEP, SKIP, KEEP),
            "每周六 09:00–11:00，长期举行，避开法定节假日，补班日照常",
            (
                "Every Saturday 09:00–11:00, with no end date, except on statutory holidays, "
                "make-up workdays as usual"
            ),
        ),
        (
            (KEEP, SKIP, SKIP),
            "每周六 09:00–11:00，长期举行，避开法定节假日和补班日",
            (
                "Every Saturday 09:00–11:00, with no end date, "
                "except on statutory holidays and make-up workdays"
            ),
        ),
        (
            (MOVE, MOVE, SKIP),
            "每周六 09:00–11:00，长期举行，避开补班日，遇周末或法定节假日顺延",
            (
                "Every Saturday 09:00–11:00, with no end date, except on make-up workdays, "
                "moved to the next possible day if on a weekend or a statutory holiday"
            ),
        ),
    ],
)
def test_choices_of_days_in_words(
    choices: tuple[DayChoice, DayChoice, DayChoice], zh: str, en: str
) -> None:
    rest, holiday, makeup = choices
    asked = replace(
        timing("FREQ=WEEKLY;BYDAY=SA"), on_rest_day=rest, on_holiday=holiday, on_makeup=makeup
    )
    assert (in_words(asked, "zh"), in_words(asked, "en")) == (zh, en)


def test_make_up_workdays_do_not_matter_to_a_rule_of_workdays() -> None:
    asked = replace(timing("FREQ=WEEKLY;BYDAY=WE;COUNT=3"), on_holiday=SKIP)
    assert in_words(asked, "zh") == "每周三 09:00–11:00，共 3 次，避开法定节假日"


def test_dates_left_out_and_added_are_said() -> None:
    asked = replace(
        timing("FREQ=WEEKLY;BYDAY=SA;COUNT=4"),
        exdates=(datetime(2025, 9, 13, 9),),
        rdates=(datetime(2025, 9, 14, 14), datetime(2025, 9, 21, 9)),
    )
    assert in_words(asked, "zh") == (
        "每周六 09:00–11:00，共 4 次，2025年9月13日 周六除外，"
        "另加2025年9月14日 周日 14:00、2025年9月21日 周日 09:00"
    )
    assert in_words(asked, "en") == (
        "Every Saturday 09:00–11:00, 4 times, except Sat 13 Sep 2025, "
        "and also Sun 14 Sep 2025 14:00 and Sun 21 Sep 2025 09:00"
    )


def test_many_dates_left_out_are_counted() -> None:
    left_out = tuple(START + timedelta(weeks=week) for week in range(1, 5))
    asked = replace(timing("FREQ=WEEKLY;BYDAY=SA;COUNT=9"), exdates=left_out, rdates=left_out)
    assert in_words(asked, "zh") == "每周六 09:00–11:00，共 9 次，除去 4 天，另加 4 次"
    assert in_words(asked, "en") == (
        "Every Saturday 09:00–11:00, 9 times, except 4 dates, and 4 more times"
    )


def lists(names: st.SearchStrategy[str], order: list[str]) -> st.SearchStrategy[str]:
    return st.sets(names, min_size=1, max_size=5).map(
        lambda some: ",".join(sorted(some, key=order.index))
    )


NTH = [f"{number}{day}" for number in ORDINALS["en"] for day in DAYS]
NUMBERS = [*map(str, range(1, 32)), "-1"]
MONTH_PARTS = st.one_of(
    lists(st.sampled_from(NTH), NTH).map(lambda days: [("BYDAY", days)]),
    lists(st.sampled_from(NUMBERS), NUMBERS).map(lambda days: [("BYMONTHDAY", days)]),
)
YEAR_PARTS = st.tuples(
    st.integers(1, 12).map(lambda month: ("BYMONTH", str(month))),
    st.sampled_from([*[("BYDAY", nth) for nth in NTH], *[("BYMONTHDAY", n) for n in NUMBERS]]),
).map(list)
SAYABLE = st.one_of(
    st.just([("FREQ", "DAILY")]),
    lists(st.sampled_from(DAYS), list(DAYS)).map(
        lambda days: [("FREQ", "WEEKLY"), ("BYDAY", days)]
    ),
    MONTH_PARTS.map(lambda days: [("FREQ", "MONTHLY"), *days]),
    YEAR_PARTS.map(lambda days: [("FREQ", "YEARLY"), *days]),
)
ENDS: st.SearchStrategy[list[tuple[str, str]]] = st.one_of(
    st.just([]),
    st.integers(1, 730).map(lambda count: [("COUNT", str(count))]),
    st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(lambda on: [("UNTIL", f"{on:%Y%m%d}")]),
)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(
    lambda at: at.replace(second=0, microsecond=0)
)


@st.composite
def recurrences(draw: st.DrawFn) -> tuple[Timing, Spoken]:
    """What an organizer can say, and what of it the words hold."""
    head, *days = draw(SAYABLE)
    interval = draw(st.integers(1, 99))
    every = [("INTERVAL", str(interval))] if interval > 1 else []
    rule = Rule((head, *every, *days, *draw(ENDS)))
    start, length = draw(MOMENTS), draw(st.integers(1, 1500))
    choices = tuple(draw(st.tuples(*[st.sampled_from(DayChoice)] * 3)))
    exdates, rdates = (sorted(draw(st.sets(MOMENTS, max_size=3))) for _ in range(2))
    rest, holiday, makeup = choices
    asked = Timing(
        kind=SeriesKind.RULE,
        tz="Asia/Shanghai",
        starts_local=start,
        duration_min=length,
        rule=str(rule),
        on_rest_day=rest,
        on_holiday=holiday,
        on_makeup=makeup,
        exdates=tuple(exdates),
        rdates=tuple(rdates),
    )
    is_short = length < 24 * 60
    said = Spoken(
        rule=rule,
        starts=start.time() if is_short else None,
        ends=(start + timedelta(minutes=length)).time() if is_short else None,
        choices=(rest, holiday, makeup),
        exdates=tuple(sorted({each.date() for each in exdates})),
        rdates=tuple(rdates),
    )
    return asked, said


@settings(max_examples=200, deadline=None)
@given(recurrence=recurrences(), language=st.sampled_from(["zh", "en"]))
def test_words_are_read_back_as_what_was_said(
    recurrence: tuple[Timing, Spoken], language: str
) -> None:
    asked, said = recurrence
    assert spoken(asked) == said
    assert read(in_words(asked, language), language) == said


@pytest.mark.parametrize(
    "text",
    [
        "每周六,避开法定节假日,补班日照常",
        " 每星期六， 避开法定节假日 ，补班日照常",
        "每周六，避开法定节假日",
    ],
)
def test_chinese_is_read_with_a_little_patience(text: str) -> None:
    expected = Spoken(rule=Rule.parse("FREQ=WEEKLY;BYDAY=SA"), choices=(KEEP, SKIP, KEEP))
    assert read(text, "zh") == expected


def test_times_are_read() -> None:
    found = read("每周六 09:00-12:00，共4次", "zh")
    assert (found.starts, found.ends, found.rule.get("COUNT")) == (time(9), time(12), "4")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "zh"),
        ("有空的时候", "zh"),
        ("每周八", "zh"),
        ("每周五至周一", "zh"),
        ("每月45日", "zh"),
        ("每周六 25:00–26:00", "zh"),
        ("每周六，至2025年9月30日 周三", "zh"),  # that day is a Tuesday
        ("每周六，至2025年9月31日 周三", "zh"),
        ("每周六，避开雨天", "zh"),
        ("每周六，共 4 次，至2025年9月30日 周二，下雨除外", "zh"),
        ("", "en"),
        ("Every Caturday", "en"),
        ("Every month on the sixth Saturday", "en"),
        ("Every year on 6 Smarch", "en"),
        ("Every Saturday, weather permitting", "en"),
        ("Every Saturday, 0 times", "en"),
    ],
)
def test_other_words_are_refused(text: str, language: str) -> None:
    with pytest.raises(Refused, match="words_unreadable"):
        read(text, language)
