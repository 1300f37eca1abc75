from __future__ import annotations

import pytest
from flask import Flask

from events.campaigns.models import Activity
from events.identity.models import Organization
from events.kernel.db import session, transaction
from events.planning.vocabulary import vocabulary
from events.resources.models import Expert, Kit
from events.venues.models import Venue
from tests.cast import Cast


@pytest.fixture
def _neighbour(cast: Cast) -> None:
    """The neighbouring county has a venue; the office an expert and a kit."""
    with transaction() as writes:
        county = session().get_one(Organization, cast["county"])
        office = session().get_one(Organization, cast["office"])
        venue = Venue(organization=county, code="C1", name="示例", kind="影院", facilities=["银幕"])
        expert = Expert(organization=office, code="P1", name="专家", field="航天")
        kit = Kit(organization=office, code="K1", name="车", kind="科普大篷车")
        writes.add_all([venue, expert, kit])
        session().get_one(Activity, cast["activity"]).themes = ["月球", "科学精神"]


@pytest.mark.usefixtures("_neighbour")
def test_words_are_those_of_records_that_one_may_see(app: Flask, cast: Cast) -> None:
    assert vocabulary(cast.actor("mei")) == {
        "venue_kinds": ["博物馆"],
        "needed_facilities": ["投影", "报告厅"],
        "needed_skills": ["秩序维护", "讲解"],
        "expert_fields": ["航天"],
        "kit_kinds": ["科普大篷车"],
        "audiences": ["公众"],
        "themes": ["月球", "科学精神"],
    }
    theirs = vocabulary(cast.actor("xu"))
    assert (theirs["venue_kinds"], theirs["needed_facilities"]) == (["影院"], ["银幕"])
    assert sum(len(words) for words in theirs.values()) == 2
