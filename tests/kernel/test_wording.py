from datetime import date, datetime, time

import pytest

from events.kernel import wording
from events.kernel.texts import say_many

SATURDAY = date(2025, 9, 6)


def at(day: int, hour: int, minute: int = 0, *, month: int = 9, year: int = 2025) -> datetime:
    return datetime(year, month, day, hour, minute)


def test_a_day_is_said_with_its_weekday() -> None:
    assert [wording.day(SATURDAY, language) for language in ("zh", "en")] == [
        "9月6日 周六",
        "Sat 6 Sep",
    ]
    assert [wording.day(SATURDAY, language, year=True) for language in ("zh", "en")] == [
        "2025年9月6日 周六",
        "Sat 6 Sep 2025",
    ]


def test_every_weekday_has_its_name() -> None:
    week = [date(2025, 9, day) for day in range(1, 8)]
    assert [wording.weekday(day, "zh") for day in week] == [f"周{n}" for n in "一二三四五六日"]
    assert [wording.weekday(day, "en") for day in week] == [
        *("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    ]


@pytest.mark.parametrize(
    ("start", "end", "zh", "en"),
    [
        (at(6, 9), at(6, 12), "9月6日 周六 09:00–12:00", "Sat 6 Sep 09:00–12:00"),
        (at(6, 22), at(7, 0), "9月6日 周六 22:00–24:00", "Sat 6 Sep 22:00–24:00"),
        (
            at(6, 22),
            at(7, 2, 30),
            "9月6日 周六 22:00 – 9月7日 周日 02:30",
            "Sat 6 Sep 22:00 – Sun 7 Sep 02:30",
        ),
        (
            at(31, 22, month=12),
            at(1, 1, month=1, year=2026),
            "12月31日 周三 22:00 – 2026年1月1日 周四 01:00",
            "Wed 31 Dec 22:00 – Thu 1 Jan 2026 01:00",
        ),
    ],
)
def test_a_span_names_the_second_day_only_when_it_reaches_into_it(
    start: datetime, end: datetime, zh: str, en: str
) -> None:
    assert (wording.span(start, end, "zh"), wording.span(start, end, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("first", "last", "zh", "en"),
    [
        (date(2025, 9, 6), date(2025, 9, 6), "2025年9月6日 周六", "Sat 6 Sep 2025"),
        (date(2025, 9, 1), date(2025, 9, 30), "2025年9月1日–30日", "1–30 Sep 2025"),
        (date(2025, 9, 28), date(2025, 10, 5), "2025年9月28日 – 10月5日", "28 Sep – 5 Oct 2025"),
        (
            date(2025, 12, 20),
            date(2026, 1, 5),
            "2025年12月20日 – 2026年1月5日",
            "20 Dec 2025 – 5 Jan 2026",
        ),
    ],
)
def test_days_say_month_and_year_once_where_they_are_the_same(
    first: date, last: date, zh: str, en: str
) -> None:
    said = [wording.days(first, last, language, year=True) for language in ("zh", "en")]
    assert said == [zh, en]


def test_small_words() -> None:
    assert wording.month(SATURDAY, "zh") == "2025年9月"
    assert wording.month(SATURDAY, "en") == "September 2025"
    assert wording.clock_time(time(8, 5)) == "08:05"
    assert wording.moment(at(6, 9), "en", year=True) == "Sat 6 Sep 2025 09:00"
    assert wording.listed(["讲座", "展览"], "zh") == "讲座、展览"
    assert wording.listed(["talks", "exhibits"], "en") == "talks, exhibits"


@pytest.mark.parametrize(
    ("language", "num", "text"),
    [
        ("en", 1, "1 problem: nothing was written."),
        ("en", 2, "2 problems: nothing was written."),
        ("zh", 1, "有 1 个问题，未写入任何内容。"),
        ("zh", 2, "有 2 个问题，未写入任何内容。"),
    ],
)
def test_a_number_is_said_as_its_language_does(language: str, num: int, text: str) -> None:
    many = "%(num)s problems: nothing was written."
    assert say_many(language, "%(num)s problem: nothing was written.", many, num) == text
