"""The observances on file: observances.yaml, read and checked once."""

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from events.observances import parsing
from events.observances.rules import Announced, Rule
from events.observances.states import Confidence, Kind

SCHEMA_VERSION = 1
_SCOPE = re.compile(r"national|international|provincial:\S+")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class DatasetError(ValueError):
    """The dataset breaks its own rules; the text names the observance and what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedFrom:
    """The day `offset_days` after the first day of observance `id`, once that is announced."""

    id: str
    offset_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Observance:
    """One day, week, month or season of the year wheel.

    id: stable slug. scope: national, international or provincial:<name>.
    start_year, end_year: in force from and to, both included; None = unknown, = continues.
    rrule (of the start day) and duration, RFC 5545: None where the rule cannot be written so;
    nominal_*: the same of the placeholder. source: provenance, never links to show;
    verified_parts: the fields it covers, the rest is general knowledge.
    """

    id: str
    name_zh: str
    name_en: str
    kind: Kind
    scope: str
    rule: Rule
    rrule: str | None
    duration: str | None
    nominal_rrule: str | None = None
    nominal_duration: str | None = None
    start_year: int | None
    end_year: int | None
    succeeded_by: str | None = None
    derived_from: DerivedFrom | None = None
    organisers: tuple[str, ...]
    themes: tuple[str, ...]
    audiences: tuple[str, ...]
    legal_basis: str | None
    source: tuple[str, ...]
    confidence: Confidence
    verified_parts: tuple[str, ...]
    notes: str | None

    def __post_init__(self) -> None:
        _require(_ID.fullmatch(self.id), f"id {self.id!r} is not a slug")
        _require(_SCOPE.fullmatch(self.scope), f"scope {self.scope!r} is unknown")
        _require(self.end_year is None or self.has_begun(self.end_year), "ends before it starts")
        notices = self.rule.known if isinstance(self.rule, Announced) else ()
        stray = [notice.year for notice in notices if not self.is_in_force(notice.year)]
        _require(not stray, f"known years {stray} are outside start_year to end_year")
        is_fit = self.derived_from is None or isinstance(self.rule, Announced)
        _require(is_fit, "derived_from is for announced dates only")

    def has_begun(self, year: int) -> bool:
        """Whether `year` is start_year or later, though perhaps after end_year."""
        return self.start_year is None or self.start_year <= year

    def is_in_force(self, year: int) -> bool:
        """Whether `year` lies between start_year and end_year."""
        return self.has_begun(year) and (self.end_year is None or year <= self.end_year)


@cache
def compiled() -> date:
    """The first day of the month in which the dataset was compiled."""
    found = re.search(r"^compiled: (\d{4})-(\d{2})$", _text(), re.MULTILINE)
    if found is None:
        raise DatasetError("compiled is missing")
    return date(int(found[1]), int(found[2]), 1)


@cache
def load() -> tuple[Observance, ...]:
    """All observances in the order of the file; raises DatasetError."""
    return read(_text())


def get(id: str) -> Observance:  # noqa: A002 - the word of the dataset
    """Observance of that id; raises KeyError."""
    return _by_id()[id]


def read(text: str) -> tuple[Observance, ...]:
    """Observances of a dataset in the form of observances.yaml; raises DatasetError."""
    top = parsing.plain(text)
    if top["schema_version"] != SCHEMA_VERSION:
        raise DatasetError(f"schema_version is {top['schema_version']}, not {SCHEMA_VERSION}")
    observances = tuple(_observance(entry) for entry in top["observances"])
    problems = reference_problems(observances)
    if len(observances) != top["count"]:
        problems.append(f"count says {top['count']}, there are {len(observances)}")
    if problems:
        raise DatasetError("; ".join(problems))
    return observances


def reference_problems(observances: tuple[Observance, ...]) -> list[str]:
    """Ids that occur twice or that are referred to and missing, one sentence each."""
    known = {observance.id: observance for observance in observances}
    problems = [] if len(known) == len(observances) else ["an id occurs twice"]
    for observance in observances:
        base = observance.derived_from and observance.derived_from.id
        problems += [
            f"observance {observance.id!r} refers to {other!r}, which is not there"
            for other in (base, observance.succeeded_by)
            if other and other not in known
        ]
        if base in known and known[base].derived_from:
            problems.append(f"observance {observance.id!r} derives from a derived one")
    return problems


def _text() -> str:
    return files(__package__).joinpath("observances.yaml").read_text("utf-8")


@cache
def _by_id() -> dict[str, Observance]:
    return {observance.id: observance for observance in load()}


def _observance(entry: Mapping[str, Any]) -> Observance:
    try:
        _require_fields(entry)
        return Observance(**{name: _value(name, value) for name, value in entry.items()})
    except (TypeError, ValueError) as wrong:
        raise DatasetError(f"observance {entry.get('id')!r}: {wrong}") from wrong


def _require_fields(entry: Mapping[str, Any]) -> None:
    known = {field.name for field in fields(Observance)}
    required = {field.name for field in fields(Observance) if field.default is MISSING}
    _require(required <= entry.keys(), f"missing {sorted(required - entry.keys())}")
    _require(entry.keys() <= known, f"unknown {sorted(entry.keys() - known)}")


def _value(name: str, value: Any) -> Any:
    match name:
        case "rule":
            return parsing.rule(value)
        case "kind":
            return Kind(value)
        case "confidence":
            return Confidence(value)
        case "derived_from":
            return DerivedFrom(**value)
        case "organisers" | "themes" | "audiences" | "source" | "verified_parts":
            _require(_are_texts(value), f"{name} must be a list of texts")
            return tuple(value)
        case "id" | "name_zh" | "name_en" | "scope":
            _require(isinstance(value, str) and value, f"{name} must be a text")
        case "start_year" | "end_year":
            _require(value is None or type(value) is int, f"{name} must be a year or null")
        case _:
            _require(value is None or isinstance(value, str), f"{name} must be a text or null")
    return value


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _require(is_met: object, message: str) -> None:
    if not is_met:
        raise ValueError(message)
