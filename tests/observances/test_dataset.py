from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest
import yaml as untyped_yaml
from dateutil.rrule import rrulestr

from events.observances import DatasetError, Kind, Observance, Span, dataset, get, load
from events.observances.dates import placeholder
from events.observances.parsing import FORMS, rule
from events.observances.rules import Announced, LunarDay, SolarTerm

yaml: Any = untyped_yaml
TEXT: str = files("events.observances").joinpath("observances.yaml").read_text("utf-8")


def changed(**fields: Any) -> str:
    """A dataset of one observance, with fields changed or (...) left out."""
    top = yaml.safe_load(TEXT)
    entry = next(entry for entry in top["observances"] if entry["id"] == "sci-tech-workers-day")
    entry = {name: value for name, value in (entry | fields).items() if value is not ...}
    return str(yaml.safe_dump({**top, "count": 1, "observances": [entry]}, allow_unicode=True))


def test_all_observances_are_read_with_all_their_fields() -> None:
    entries = yaml.safe_load(TEXT)["observances"]
    assert [observance.id for observance in load()] == [entry["id"] for entry in entries]
    assert len(load()) == 118
    science_day = get("national-science-day")
    assert (science_day.name_zh, science_day.kind) == ("全国科普日", Kind.DAY)
    assert (science_day.start_year, science_day.end_year) == (2003, 2024)
    assert science_day.succeeded_by == "national-science-month"
    assert science_day.verified_parts == ("rule", "start_year", "known")


def test_load_reads_once() -> None:
    assert load() is load()


def test_get_knows_no_other_id() -> None:
    with pytest.raises(KeyError, match="moon-landing-day"):
        get("moon-landing-day")


def test_every_form_has_a_rule() -> None:
    assert set(FORMS) == {
        "fixed_day",
        "fixed_range",
        "nth_weekday",
        "last_weekday",
        "week_containing",
        "nth_week",
        "whole_month",
        "lunar_day",
        "solar_term",
        "announced",
    }


def expand(rrule: str, duration: str, year: int) -> list[Span]:
    length = timedelta(days=int(duration.removeprefix("P").removesuffix("D")) - 1)
    opening, closing = datetime(year, 1, 1), datetime(year, 12, 31)
    starts = rrulestr(rrule, dtstart=opening).between(opening, closing, inc=True)
    return [Span(start=start.date(), end=start.date() + length) for start in starts]


@pytest.mark.parametrize("observance", load(), ids=lambda observance: observance.id)
def test_rrule_says_the_same_as_the_rule(observance: Observance) -> None:
    for year in range(2018, 2101):
        if observance.rrule and observance.duration:
            span = observance.rule.span(year)
            assert [span] == expand(observance.rrule, observance.duration, year)
        if observance.nominal_rrule and observance.nominal_duration and observance.has_begun(year):
            span = placeholder(observance, year)
            assert [span] == expand(observance.nominal_rrule, observance.nominal_duration, year)


def test_only_moon_sun_and_notices_have_no_rrule() -> None:
    without = {type(observance.rule) for observance in load() if observance.rrule is None}
    assert without == {Announced, LunarDay, SolarTerm}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"kind": ...}, r"observance 'sci-tech-workers-day': missing \['kind'\]"),
        ({"colour": "red"}, r"unknown \['colour'\]"),
        ({"kind": "year"}, "'year' is not a valid Kind"),
        ({"confidence": "rumour"}, "'rumour' is not a valid Confidence"),
        ({"scope": "county"}, "scope 'county' is unknown"),
        ({"id": "Science Day"}, "id 'Science Day' is not a slug"),
        ({"end_year": 2016}, "ends before it starts"),
        ({"start_year": "2017"}, "start_year must be a year or null"),
        ({"organisers": "中国科协"}, "organisers must be a list of texts"),
        ({"name_zh": 530}, "name_zh must be a text"),
        ({"name_zh": None}, "name_zh must be a text"),
        ({"succeeded_by": "nothing"}, "refers to 'nothing', which is not there"),
        ({"derived_from": {"id": "x", "offset_days": 2}}, "derived_from is for announced"),
        ({"rule": {"form": "full_moon"}}, "rule form 'full_moon' is none of fixed_day,"),
        ({"rule": {"form": "whole_month", "month": 13}}, "rule whole_month: month must be 1-12"),
        ({"rule": {"form": "fixed_day", "month": 5}}, "rule fixed_day: .*'day'"),
    ],
)
def test_a_wrong_entry_is_named(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        dataset.read(changed(**fields))


@pytest.mark.parametrize(
    ("known", "message"),
    [
        ([{"year": 2024, "start": "2024-05-25", "end": None}], "missing 'confidence'"),
        ([{"year": 2024, "start": "25 May", "end": None, "confidence": "verified"}], "25 May"),
        (
            [{"year": 2016, "start": "2016-05-25", "end": None, "confidence": "verified"}],
            r"known years \[2016\] are outside",
        ),
        (
            [{"year": 2024, "start": "2024-05-25", "end": "2024-05-1", "confidence": "verified"}],
            "2024-05-1",
        ),
    ],
)
def test_a_wrong_notice_is_named(known: list[dict[str, Any]], message: str) -> None:
    text = changed(rule={"form": "announced", "known": known, "nominal": None})
    with pytest.raises(DatasetError, match=message):
        dataset.read(text)


def test_wrong_totals_are_refused() -> None:
    with pytest.raises(DatasetError, match="count says 119, there are 118"):
        dataset.read(TEXT.replace("count: 118", "count: 119"))
    with pytest.raises(DatasetError, match="schema_version is 2, not 1"):
        dataset.read(TEXT.replace("schema_version: 1", "schema_version: 2"))


def test_ids_and_references_are_checked() -> None:
    one, derived = get("earth-day"), get("low-carbon-day")
    assert dataset.reference_problems((one, one)) == ["an id occurs twice"]
    assert dataset.reference_problems((derived,)) == [
        "observance 'low-carbon-day' refers to 'energy-saving-week', which is not there"
    ]


def test_rule_of_plain_values() -> None:
    assert rule({"form": "lunar_day", "lunar_month": 9, "lunar_day": 9}) == LunarDay(
        lunar_month=9, lunar_day=9
    )
