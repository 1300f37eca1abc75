"""Between the form's way of saying when, and the domain's: rules are written and read here."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from events.kernel.errors import Refused
from events.kernel.recurrence import DAYS, Rule
from events.schedule.models import Series
from events.schedule.rules import Timing, starts
from events.schedule.states import SeriesKind
from events.web.organizer.forms import ActivityForm


def timing_of(form: ActivityForm, tz: str) -> Timing | None:
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
    ruled = _timing(form, tz, SeriesKind.RULE, start, rule=rule)
    first = starts(ruled)[0]  # the first date need not be one of the rule's own
    return _timing(form, tz, SeriesKind.RULE, first, rule=rule)


def is_complete(form: ActivityForm) -> bool:
    """Whether `timing_of` can be asked: what it needs is given, and what is given is in range."""
    ranged = (form.duration_min, form.interval, form.weekdays, form.count)
    if not all(field.validate(form) for field in (*ranged, form.expected_attendance)):
        return False
    if form.kind.data in {"none", "dates"}:
        return True
    is_open = form.kind.data == "rule" and form.freq.data != "OTHER" and form.ends.data == "until"
    needed = [form.starts_on, form.starts, *([form.until] if is_open else [])]
    return all(field.data is not None for field in needed)


def fill(form: ActivityForm, series: Series | None) -> None:
    """Show an activity's series in a form that was not sent yet."""
    if series is None:
        return
    form.kind.data = series.kind.value
    form.starts_on.data, form.starts.data = series.starts_local.date(), series.starts_local.time()
    if series.kind is SeriesKind.DATES:
        for each in sorted(series.dates):
            form.dates.append_entry(datetime.fromisoformat(each))
    if series.kind is SeriesKind.RULE:
        _fill_rule(form, Rule.parse(series.rule), series.starts_local)


def _timing(form: ActivityForm, tz: str, kind: SeriesKind, start: datetime, **more: Any) -> Timing:
    return Timing(kind=kind, tz=tz, starts_local=start, duration_min=form.duration_min.data, **more)


def _dates(form: ActivityForm, tz: str) -> Timing:
    given = sorted({field.data for field in form.dates if field.data is not None})
    if not given:
        raise Refused("dates_missing", field="dates")
    if len(given) == 1:
        return _timing(form, tz, SeriesKind.SINGLE, given[0])
    return _timing(form, tz, SeriesKind.DATES, given[0], dates=tuple(given))


def _rule_of(form: ActivityForm, first: date) -> str:
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
    elif form.count.data:
        parts.append(f"COUNT={form.count.data}")
    return ";".join(parts)


def _month_part(choice: str, first: date) -> str:
    if choice == "day":
        return f"BYMONTHDAY={first.day}"
    number = -1 if choice == "last" else (first.day - 1) // 7 + 1
    return f"BYDAY={number}{DAYS[first.weekday()]}"


def _fill_rule(form: ActivityForm, rule: Rule, start: datetime) -> None:
    """The builder's fields when it can say the rule, else the rule as it is written."""
    form.freq.data = rule.get("FREQ")
    form.interval.data = int(rule.get("INTERVAL") or 1)
    form.weekdays.data = (rule.get("BYDAY") or "").split(",") if rule.get("BYDAY") else []
    form.monthly.data = _monthly_choice(rule)
    until = rule.get("UNTIL")
    form.ends.data = "until" if until else "count"
    form.count.data = int(rule.get("COUNT") or 4)
    form.until.data = date.fromisoformat(until[:8]) if until else None
    form.rrule.data = str(rule)
    if _rule_of(form, start.date()) != str(rule):
        form.freq.data = "OTHER"


def _monthly_choice(rule: Rule) -> str:
    if rule.get("FREQ") != "MONTHLY" or not rule.get("BYDAY"):
        return "day"
    return "last" if (rule.get("BYDAY") or "").startswith("-1") else "nth"
