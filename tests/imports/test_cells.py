from __future__ import annotations

from datetime import date, time

import pytest

from events.imports import parsing as p
from events.kernel.errors import Refused


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        (p.line(10), " 科  技\t馆 ", "科 技 馆"),
        (p.CODE, "XA-KX", "XA-KX"),
        (p.CODE, "ＸＡ－ＫＸ", "XA-KX"),
        (p.WORDS, "投影;音响；网络、音响", ("投影", "音响", "网络")),
        (p.WORDS, ";;", ()),
        (p.CODES, "XA; XA-KX", ("XA", "XA-KX")),
        (p.integer(0, 5000), "1,200", 1200),
        (p.integer(0, 5000), "12.0", 12),
        (p.number(-90, 90), "29.8412", 29.8412),
        (p.YES_NO, "是", True),
        (p.YES_NO, "No", False),
        (p.DATE, "2025-09-06", date(2025, 9, 6)),
        (p.DATE, "2025/9/6", date(2025, 9, 6)),
        (p.DATE, "2025年9月6日", date(2025, 9, 6)),
        (p.DATE, "20250906", date(2025, 9, 6)),
        (p.WEEKDAYS, "SA;SU", (5, 6)),
        (p.WEEKDAYS, "周一至周五", (0, 1, 2, 3, 4)),
        (p.WEEKDAYS, "星期六、星期天", (5, 6)),
        (p.WEEKDAYS, "FR-MO", (0, 4, 5, 6)),
        (p.WINDOW, "09:00-12:00", (time(9), time(12))),
        (p.WINDOW, "9：00—12：00", (time(9), time(12))),
        (p.WINDOW, "00:00-24:00", (time(0), time(23, 59))),
        (p.WINDOW, "00:00-23:59", (time(0), time(23, 59))),
        (p.HOURS, "Tu-Su 09:00-17:00; We 18:00-20:30", "Tu-Su 09:00-17:00;We 18:00-20:30"),
        (p.HOURS, "周二至周日09:00~17:00", "Tu-Su 09:00-17:00"),
        (p.RULE, "rrule:freq=weekly;byday=sa;count=4", "FREQ=WEEKLY;BYDAY=SA;COUNT=4"),
        (p.EMAIL, "tao@kepu.example", "tao@kepu.example"),
        (p.OBSERVANCE, "national-science-month", "national-science-month"),
        (p.OBSERVANCE, "全国科普月", "national-science-month"),
    ],
)
def test_a_cell_is_read(form: p.Format, text: str, value: object) -> None:
    assert form.parse(p.clean(text)) == value


@pytest.mark.parametrize(
    ("form", "text", "code"),
    [
        (p.line(3), "科技馆馆", "text_too_long"),
        (p.CODE, "XA KX", "code_unreadable"),
        (p.CODE, "x" * 65, "code_unreadable"),
        (p.WORDS, ";".join(map(str, range(51))), "too_many_words"),
        (p.integer(0, 10), "十", "number_unreadable"),
        (p.integer(0, 10), "1.5", "number_unreadable"),
        (p.integer(0, 10), "11", "number_outside"),
        (p.integer(0, 10), "-1", "number_outside"),
        (p.number(-90, 90), "nan", "number_unreadable"),
        (p.number(-90, 90), "1e400", "number_unreadable"),
        (p.YES_NO, "也许", "yes_no_unreadable"),
        (p.DATE, "2025-02-30", "date_unreadable"),
        (p.DATE, "2025111", "date_unreadable"),
        (p.DATE, "9月6日", "date_unreadable"),
        (p.DATE, "0025-09-06", "date_unreadable"),
        (p.WEEKDAYS, "XX", "weekdays_unreadable"),
        (p.WEEKDAYS, "MO-WE-FR", "weekdays_unreadable"),
        (p.WINDOW, "12:00-09:00", "time_window_unreadable"),
        (p.WINDOW, "上午", "time_window_unreadable"),
        (p.WINDOW, "25:00-26:00", "time_window_unreadable"),
        (p.HOURS, "全天", "hours_unreadable"),
        (p.RULE, "FREQ=SECONDLY;COUNT=2", "rule_frequency_unknown"),
        (p.RULE, "FREQ=WEEKLY;BYDAY=XX", "rule_unreadable"),
        (p.RULE, "FREQ=WEEKLY;UNTIL=20259999", "rule_unreadable"),
        (p.RULE, "FREQ=YEARLY;BYWEEKNO=3", "rule_part_unknown"),
        (p.EMAIL, "tao", "email_unreadable"),
        (p.EMAIL, "a@b.example\nBcc: c@d.example", "email_unreadable"),
        (p.OBSERVANCE, "我的节日", "observance_unknown"),
    ],
)
def test_a_cell_that_means_nothing_is_refused(form: p.Format, text: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        form.parse(p.clean(text))
    assert refusal.value.code == code


def test_unseen_characters_and_full_width_signs_are_made_plain() -> None:
    text = "\ufeff　Ｖ０１\u200b号　馆（Ⅱ型）\u202e\x07 "
    assert p.clean(text) == "V01号 馆（Ⅱ型）"


def test_a_rule_that_never_happens_is_read_at_once() -> None:
    rule = "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=1"
    assert p.RULE.parse(rule) == rule
