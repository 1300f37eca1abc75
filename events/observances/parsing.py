"""From the plain values of observances.yaml to rules; errors are ValueErrors that say where."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from events.observances import rules
from events.observances.states import Confidence

FORMS: dict[str, type[rules.Rule]] = {
    "fixed_day": rules.FixedDay,
    "fixed_range": rules.FixedRange,
    "nth_weekday": rules.NthWeekday,
    "last_weekday": rules.LastWeekday,
    "week_containing": rules.WeekContaining,
    "nth_week": rules.NthWeek,
    "whole_month": rules.WholeMonth,
    "lunar_day": rules.LunarDay,
    "solar_term": rules.SolarTerm,
    "announced": rules.Announced,
}


def plain(yaml_text: str) -> Any:
    """The plain values of a text in YAML."""
    import yaml  # noqa: PLC0415 - a start needs no observances, and it is slow to import

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)(yaml_text).get_single_data()


def rule(fields: Mapping[str, Any]) -> rules.Rule:
    """Rule of the `form` named in `fields`; the other fields are the parameters of its class."""
    parameters = dict(fields)
    form = parameters.pop("form", None)
    if form not in FORMS:
        raise ValueError(f"rule form {form!r} is none of {', '.join(FORMS)}")
    if form == "announced":
        parameters = _announced(parameters)
    try:
        return FORMS[form](**parameters)
    except (TypeError, ValueError) as wrong:
        raise ValueError(f"rule {form}: {wrong}") from wrong


def _announced(parameters: Mapping[str, Any]) -> dict[str, Any]:
    known = tuple(_notice(fields) for fields in parameters.get("known") or ())
    nominal = parameters.get("nominal")
    return {**parameters, "known": known, "nominal": rule(nominal) if nominal else None}


def _notice(fields: Mapping[str, Any]) -> rules.Notice:
    try:
        return rules.Notice(
            year=int(fields["year"]),
            span=rules.Span(start=_day(fields["start"]), end=_day_or_none(fields["end"])),
            confidence=Confidence(fields["confidence"]),
        )
    except KeyError as missing:
        raise ValueError(f"known item {dict(fields)}: missing {missing}") from missing
    except ValueError as wrong:
        raise ValueError(f"known item {dict(fields)}: {wrong}") from wrong


def _day(value: str | date) -> date:
    return date.fromisoformat(str(value))  # YAML makes a date of an unquoted one


def _day_or_none(value: str | date | None) -> date | None:
    return None if value is None else _day(value)
