"""Headings and words that tables may have; lead units by name; files without rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from events.campaigns.models import Activity
from events.identity.models import Organization
from events.imports.rows import columns
from events.imports.states import TableKind
from events.imports.tables import template
from events.kernel.db import session
from tests.cast import Cast
from tests.imports.files import csv_of, do_import, found, parsed

CHINESE = "活动编号,活动名称,时长（分钟）,牵头单位,参与方式,开始日期,结束日期,关联节日"
LEADS = "activity_id,title_zh,duration_min,lead_unit,lead_org_id"


def activity(lead: str, code: str = "B1") -> str:
    """A line under CHINESE."""
    return f"{code},讲座,90,{lead},线下,2025-09-06,2025-09-07,全国科普月"


def led_by() -> dict[str, str]:
    """Imported activities and who leads them."""
    rows = session().execute(
        select(Activity.code, Organization.code).join(
            Organization, Activity.lead_id == Organization.id
        )
    )
    return {code: lead for code, lead in rows if code.startswith("B")}


def test_a_template_names_the_words_themselves() -> None:
    def hint(kind: TableKind, attribute: str, language: str) -> str:
        names = [one.attribute for one in columns(kind)]
        return template(kind, language)[1][names.index(attribute)]

    assert hint(TableKind.ACTIVITIES, "mode", "zh") == "可填：线下、线上、线上线下结合"
    assert hint(TableKind.ACTIVITIES, "mode", "en") == "one of: onsite, online, hybrid"
    assert hint(TableKind.ACTIVITIES, "priority", "zh") == "可填：高、中、低"
    assert hint(TableKind.VENUES, "language", "zh") == "可填：中文、英文"
    lead = "code required, unless “lead_unit” is filled in"
    assert hint(TableKind.ACTIVITIES, "lead", "en") == lead
    assert hint(TableKind.ORGANIZATIONS, "level", "zh") == "可填：国家、省、市、区、乡镇 必填"


@pytest.mark.parametrize("kind", list(TableKind))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_word_that_a_template_names_is_read(kind: TableKind, language: str) -> None:
    read = {
        (one.attribute, word): one.format.parse(word)
        for one in columns(kind)
        for word in one.format.choices(language)
    }
    assert [place for place, value in read.items() if value in (None, "")] == []


def test_a_lead_unit_is_found_by_its_name(app: Flask, cast: Cast, tmp_path: Path) -> None:
    text = "\n".join((CHINESE, activity("区文旅局"), activity("区科协", "B2")))
    assert found(do_import(tmp_path, campaign="september", activities=text)) == []
    assert led_by() == {"B1": "XA-WLJ", "B2": "XA-KX"}
    again = do_import(tmp_path, campaign="september", activities=text)
    assert again.unchanged[TableKind.ACTIVITIES] == 2
    moved = "\n".join((CHINESE, activity("区科协"), activity("区科协", "B2")))
    assert found(do_import(tmp_path, campaign="september", activities=moved)) == []
    assert led_by() == {"B1": "XA-KX", "B2": "XA-KX"}


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_name_that_no_or_several_units_have_is_refused(
    app: Flask, cast: Cast, tmp_path: Path
) -> None:
    units = csv_of(
        "organizations", "N1,同名学会,district,society,XA", "N2,同名学会,district,society,XA"
    )
    rows = ("B1,一,90,同名学会,", "B2,二,90,没有这个单位,", "B3,三,90,同名学会,N1", "B4,四,90,,")
    text = "\n".join((LEADS, *rows))
    outcome = do_import(tmp_path, campaign="september", organizations=units, activities=text)
    assert found(outcome) == [
        (2, "lead_unit", "name_ambiguous"),
        (3, "lead_unit", "name_unknown"),
        (5, "lead_org_id", "value_missing"),
    ]


def test_the_lead_unit_is_asked_for_when_neither_column_is_there() -> None:
    _, problems = parsed("activity_id,title_zh,duration_min\nB1,一,90\n")
    assert found(problems) == [(1, "lead_org_id", "column_missing")]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_template_that_was_not_filled_in_says_so(app: Flask, tmp_path: Path) -> None:
    lines = "\n".join(
        ",".join(f'"{cell}"' for cell in line) for line in template(TableKind.KITS, "en")
    )
    outcome = do_import(tmp_path, kits=lines)
    assert (outcome.problems, outcome.warnings) == ((), ())
    assert outcome.summary() == "文件里还没有数据行。"
