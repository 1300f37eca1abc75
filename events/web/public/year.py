"""The year: every observance of science popularization on a ring, day by day, and in a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from flask import Response, current_app, redirect, render_template, request, url_for

from events import observances
from events.access import public
from events.access.accounts import current_actor
from events.access.language import current as language
from events.config import Settings
from events.days import queries as days
from events.identity import policy
from events.identity.states import Permission
from events.kernel import clock
from events.kernel.errors import NotFound
from events.observances import Announcements, Dated, Kind, Status
from events.observances.daytypes import Calendar
from events.observances.leads import lead
from events.observances.rules import Announced
from events.schedule import counts
from events.web.months import months
from events.web.public.blueprint import blueprint
from events.web.public.wheel import wheel
from events.web.public.year_choice import (
    ICONS,
    KINDS,
    STATUSES,
    UNANNOUNCED,
    VIEWS,
    YearChoice,
    audiences,
    scopes,
    themes,
)
from events.web.public.year_feed import subscription

YEARS = range(1950, 2101)
MOST_SESSIONS = 40


@blueprint.get("/year")
@public
def this_year() -> Response:
    """The running year, with the filters that were asked for."""
    here = url_for("public.year", number=_today().year, **YearChoice.read(request.args).query())
    return redirect(here)  # type: ignore[return-value]


@blueprint.get("/year/<int:number>")
@public
def year(number: int) -> str:
    """One year. Raises NotFound outside of YEARS: the Moon is not calculated beyond."""
    if number not in YEARS:
        raise NotFound
    choice, today = YearChoice.read(request.args), _today()
    announced = days.announced(number, number + 1)
    dated = observances.year(number, announced)
    waiting = observances.not_announced(number, announced)
    everything = [one.observance for one in dated] + waiting
    shown = [one for one in dated if choice.holds(one.observance, one.status.value)]
    calendar = days.years(number, number)
    return render_template(
        "public/year.html",
        number=number,
        today=today,
        years=YEARS,
        choice=choice,
        views=VIEWS,
        icons=ICONS,
        by_month=_by_month(number, shown),
        shown=shown,
        provisional=sum(one.status is Status.PROVISIONAL for one in shown),
        waiting=[one for one in waiting if choice.holds(one, UNANNOUNCED)],
        is_announced=_is_announced,
        lead=lambda one: lead(one.start) if one.start > today else None,
        kinds=KINDS,
        statuses=STATUSES,
        scopes=scopes(everything),
        audiences=audiences(everything),
        themes=themes(everything),
        calendar=calendar,
        subscription=subscription(number),
        can_plan=policy.may(current_actor(), Permission.CAMPAIGN_EDIT) and number >= today.year,
        **_picture(number, choice, shown, calendar, announced),
    )


def _picture(
    number: int,
    choice: YearChoice,
    shown: list[Dated],
    calendar: Calendar,
    announced: Announcements,
) -> dict[str, Any]:
    """What only the ring or only the days need."""
    today = _today()
    if choice.view == "days":
        return _days(number, choice, shown, calendar)
    if choice.view == "list":
        return {}
    special = {
        one.day: one.kind
        for notice in calendar.notices.values()
        for one in notice.days
        if one.day.year == number
    }
    leads = _leads(number, choice, shown, announced)
    return {"wheel": wheel(number, shown, today=today, leads=leads, special=special)}


def _days(
    number: int, choice: YearChoice, shown: list[Dated], calendar: Calendar
) -> dict[str, Any]:
    """Twelve months, and the day that is open."""
    actor, tz = current_actor(), _settings().timezone
    on = choice.day if choice.day and choice.day.year == number else None
    return {
        "months": months(
            number,
            calendar,
            today=_today(),
            language=language(_settings().language),
            sessions=counts.per_day(actor, number, tz=tz),
            observances=_per_day(number, shown),
        ),
        "on": on,
        "on_kind": calendar.kind(on) if on else None,
        "on_name": calendar.name(on, language(_settings().language)) if on else "",
        "on_observances": [one for one in shown if on and one.start <= on <= _end(one)],
        "on_sessions": counts.of_day(actor, on, tz=tz, limit=MOST_SESSIONS) if on else [],
    }


def _leads(
    number: int, choice: YearChoice, shown: list[Dated], announced: Announcements
) -> list[tuple[date, Dated]]:
    """Where planning begins, of weeks, months and seasons; of single days when these are chosen.

    What the next year begins with is planned in this one.
    """
    following = observances.year(number + 1, announced) if number + 1 in YEARS else []
    coming = [one for one in following if choice.holds(one.observance, one.status.value)]
    found = [
        (lead(one.start).plan_on, one)
        for one in (*shown, *coming)
        if one.observance.kind is not Kind.DAY or choice.kind == Kind.DAY
    ]
    return [(on, one) for on, one in found if on.year == number]


def _per_day(number: int, shown: Iterable[Dated]) -> Counter[date]:
    """How many days, weeks and first days of longer observances fall on each day of the year."""
    counted: Counter[date] = Counter()
    for one in shown:
        is_long = one.observance.kind in (Kind.MONTH, Kind.SEASON)
        last = one.start if is_long else _end(one)
        for step in range((last - one.start).days + 1):
            counted[one.start + timedelta(days=step)] += 1
    return Counter({day: count for day, count in counted.items() if day.year == number})


def _end(one: Dated) -> date:
    return one.end or one.start


def _is_announced(one: Dated) -> bool:
    """Whether this year's dates come from a notice, and not from a rule."""
    return one.status is Status.CONFIRMED and isinstance(one.observance.rule, Announced)


def _by_month(number: int, shown: list[Dated]) -> list[tuple[date, list[Dated]]]:
    """The months in which something begins, ascending."""
    found = [
        (date(number, month, 1), [one for one in shown if one.start.month == month])
        for month in range(1, 13)
    ]
    return [(first, rows) for first, rows in found if rows]


def _today() -> date:
    return clock.today(_settings().timezone)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["kepu"]
    return settings
