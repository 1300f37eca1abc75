from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from events.days import queries
from events.days.models import DayType
from events.flows.save_days import remove_days, save_days
from events.journal import queries as journal
from events.kernel.db import session
from events.kernel.errors import Forbidden, NotFound, Refused
from events.observances.daytypes import Special, YearNotice
from events.observances.states import DayKind, DayStatus
from tests.cast import NOW, Cast

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


def notice(*days: Special) -> YearNotice:
    return YearNotice(year=2027, source="国办", status=DayStatus.OFFICIAL, days=days)


def holiday(day: int, month: int = 1, year: int = 2027) -> Special:
    return Special(day=date(year, month, day), kind=DayKind.HOLIDAY, name="元旦")


def test_an_administrator_of_the_whole_enters_a_year_and_takes_it_out(
    app: Flask, cast: Cast
) -> None:
    save_days(cast.actor("ada"), NOW, notice=notice(holiday(1), holiday(2)))
    assert queries.years(2027, 2027).is_official(2027)
    remove_days(cast.actor("ada"), NOW, year=2027)
    assert queries.years(2027, 2027).status(2027) is None
    assert [change.title for change in journal.history("days")] == ["2027", "2027"]


@pytest.mark.parametrize(("who", "fault"), [("mei", NotFound), ("xu", NotFound), ("tao", NotFound)])
def test_nobody_else_does(app: Flask, cast: Cast, who: str, fault: type[Exception]) -> None:
    with pytest.raises((fault, Forbidden)):
        save_days(cast.actor(who), NOW, notice=notice(holiday(1)))
    assert session().query(DayType).count() == 0


@pytest.mark.parametrize(
    ("days", "code"),
    [
        ((), "days_missing"),
        ((holiday(1), holiday(1)), "days_unfit"),
        ((holiday(1), holiday(1, year=2029)), "days_unfit"),
    ],
)
def test_what_does_not_fit_changes_nothing(
    app: Flask, cast: Cast, days: tuple[Special, ...], code: str
) -> None:
    save_days(cast.actor("ada"), NOW, notice=notice(holiday(3)))
    with pytest.raises(Refused, match=code):
        save_days(cast.actor("ada"), NOW, notice=notice(*days))
    assert queries.years(2027, 2027).notices[2027].days == (holiday(3),)
