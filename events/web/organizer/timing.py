"""Between the form's way of saying when, and the domain's: rules are written and read here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from events.access.language import current as language
from events.days import queries as days
from events.kernel import wording
from events.kernel.errors import Refused
from events.kernel.recurrence import DAYS, Rule
from events.observances.daytypes import Calendar
from events.observances.states import DayKind
from events.schedule import rules
from events.schedule.rules import Timing
from events.schedule.states import SeriesKind
from events.web.organizer.forms import TimingForm, offered

MONDAY = date(2024, 1, 1)


def timing_of(form: TimingForm, tz: str) -> Timing | None:
    """What the form says, or None while there is no time. Raises Refused as rules.starts does."""
    kind = form.kind.data
    if kind == "none":
        return None
    if kind == "dates":
        return _dates(form, tz)
    start = datetime.combine(form.starts_on.data, form.starts.data)
    if kind == "single":
        return _timing(form, tz, SeriesKind.SINGLE, start)
    rule = _rule_of(form, start.date())
    given = [field.data for field in form.exdates if field.data is not None]
    ruled = _timing(
        form,
        tz,
        SeriesKind.RULE,
        start,
        rule=rule,
        exdates=tuple(sorted({datetime.combine(day, start.time()) for day in given})),
        rdates=tuple(sorted({field.data for field in form.rdates if field.data is not None})),
        on_rest_day=form.on_rest_day.data,
        on_holiday=form.on_holiday.data,
        on_makeup=form.on_makeup.data,
    )
    return rules.first(ruled)  # the first date need not be one of the rule's own


def is_complete(form: TimingForm) -> bool:
    """Whether `timing_of` can be asked: what it needs is given, and what is given is in range."""
    ranged = (form.duration_min, form.interval, form.weekdays, form.count)
    chosen = (form.on_rest_day, form.on_holiday, form.on_makeup)
    if not all(field.validate(form) for field in (*ranged, *chosen)):
        return False
    if form.kind.data in {"none", "dates"}:
        return True
    is_open = form.kind.data == "rule" and form.freq.data != "OTHER" and form.ends.data == "until"
    needed = [form.starts_on, form.starts, *([form.until] if is_open else [])]
    return all(field.data is not None for field in needed)


def fill(form: TimingForm, timing: Timing | None) -> None:
    """Show when an activity happens in a form that was not sent yet."""
    if timing is None:
        return
    timing = rules.spelled_out(timing)
    form.kind.data = timing.kind.value
    form.duration_min.data = timing.duration_min
    form.starts_on.data, form.starts.data = timing.starts_local.date(), timing.starts_local.time()
    for each in timing.dates:
        form.dates.append_entry(each)
    if timing.kind is not SeriesKind.RULE:
        return
    _fill_rule(form, Rule.parse(timing.rule), timing.starts_local)
    form.on_rest_day.data = timing.on_rest_day
    form.on_holiday.data = timing.on_holiday
    form.on_makeup.data = timing.on_makeup
    for each in timing.exdates:
        form.exdates.append_entry(each.date())
    for each in timing.rdates:
        form.rdates.append_entry(each)


def name_weekdays(form: TimingForm) -> list[str]:
    """Give the days of the week their names in the reader's language; the names."""
    names = [wording.weekday(MONDAY + timedelta(days=n), language()) for n in range(7)]
    form.weekdays.choices = offered(zip(DAYS, names, strict=True))
    return names


def add_blanks(form: TimingForm, wanted: int) -> None:
    """Empty fields at the end of the lists of dates."""
    for dates, number in ((form.dates, wanted), (form.exdates, wanted // 2), (form.rdates, 2)):
        while sum(field.data is None for field in dates) < number:
            dates.append_entry()


@dataclass(frozen=True, kw_only=True)
class Day:
    """One instance of a timing as lists show it: where it takes place, or what keeps it away."""

    slot: datetime
    start: datetime | None
    why: str


def listed_days(timing: Timing, now: datetime) -> list[Day]:
    """Every instance of `timing` in order, up to its horizon when it has no end."""
    calendar = days.known()
    found = rules.instances(timing, calendar.kind, before=rules.horizon(timing, now))
    return [Day(slot=each.slot, start=each.start, why=_why(each, calendar)) for each in found]


def _why(instance: rules.Instance, calendar: Calendar) -> str:
    if not instance.why:
        return ""
    if instance.why == rules.EXCEPTED:
        return _("left out")
    words = {
        DayKind.HOLIDAY: _("statutory holiday"),
        DayKind.MAKEUP: _("make-up workday"),
        DayKind.REST: _("weekend"),
    }
    name = calendar.name(instance.slot.date(), language())
    word = words[DayKind(instance.why)]
    return f"{word} · {name}" if name else word


def _timing(form: TimingForm, tz: str, kind: SeriesKind, start: datetime, **more: Any) -> Timing:
    return Timing(kind=kind, tz=tz, starts_local=start, duration_min=form.duration_min.data, **more)


def _dates(form: TimingForm, tz: str) -> Timing:
    given = sorted({field.data for field in form.dates if field.data is not None})
    if not given:
        raise Refused("dates_missing", field="dates")
    if len(given) == 1:
        return _timing(form, tz, SeriesKind.SINGLE, given[0])
    return _timing(form, tz, SeriesKind.DATES, given[0], dates=tuple(given))


def _rule_of(form: TimingForm, first: date) -> str:
    freq = form.freq.data
    if freq == "OTHER":
        return str(Rule.parse(form.rrule.data or ""))
    parts = [f"FREQ={freq}"]
    if (form.interval.data or 1) > 1:
        parts.append(f"INTERVAL={form.interval.data}")
    if freq == "WEEKLY":
        chosen = form.weekdays.data or [DAYS[first.weekday()]]
        parts.append("BYDAY=" + ",".join(sorted(chosen, key=DAYS.index)))
    if freq == "MONTHLY":
        parts.append(_month_part(form.monthly.data, first))
    if form.ends.data == "until":
        parts.append(f"UNTIL={form.until.data:%Y%m%d}")
    elif form.ends.data == "count" and form.count.data:
        parts.append(f"COUNT={form.count.data}")
    return ";".join(parts)


def _month_part(choice: str, first: date) -> str:
    if choice == "day":
        return f"BYMONTHDAY={first.day}"
    number = -1 if choice == "last" else (first.day - 1) // 7 + 1
    return f"BYDAY={number}{DAYS[first.weekday()]}"


def _fill_rule(form: TimingForm, rule: Rule, start: datetime) -> None:
    """The builder's fields when it can say the rule, else the rule as it is written."""
    form.freq.data = rule.get("FREQ")
    form.interval.data = int(rule.get("INTERVAL") or 1)
    is_weekly = rule.get("FREQ") == "WEEKLY" and rule.get("BYDAY")
    form.weekdays.data = (rule.get("BYDAY") or "").split(",") if is_weekly else []
    form.monthly.data = _monthly_choice(rule)
    until = rule.get("UNTIL")
    form.ends.data = "until" if until else "count" if rule.get("COUNT") else "never"
    form.count.data = int(rule.get("COUNT") or 4)
    form.until.data = date.fromisoformat(until[:8]) if until else None
    form.rrule.data = str(rule)
    if _rule_of(form, start.date()) != str(rule):
        form.freq.data = "OTHER"


def _monthly_choice(rule: Rule) -> str:
    if rule.get("FREQ") != "MONTHLY" or not rule.get("BYDAY"):
        return "day"
    return "last" if (rule.get("BYDAY") or "").startswith("-1") else "nth"
