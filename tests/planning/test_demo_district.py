"""The demo district's September of 2025, as it is imported: what the planner is asked."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask

from events.campaigns.models import Campaign
from events.demo import DATA
from events.flows.found_installation import found_installation
from events.flows.import_files import import_files
from events.kernel.db import session
from events.planner import candidates
from events.planner.answer import Placement, Plan
from events.planner.candidates import Cause
from events.planner.explain import explain
from events.planner.problem import DAY
from events.planning.problem import Question, question
from events.planning.scope import Scope
from tests.cast import NOW

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


@pytest.fixture
def asked(app: Flask) -> Question:
    found_installation(
        NOW,
        code="XN",
        organization="咸宁市",
        level="city",
        email="ada@kepu.example",
        name="Ada",
        password="-",
    )
    settings = app.extensions["kepu"]
    outcome = import_files(DATA, campaign=None, dry_run=False, now=NOW, settings=settings)
    assert not outcome.problems
    return question(Scope(campaign=session().query(Campaign).one()), NOW)


def test_all_sessions_are_asked_and_two_are_impossible(asked: Question) -> None:
    sessions = [one for one in asked.sessions.values() if not one.stays]
    assert len(sessions) == 224
    assert len({one.activity_id for one in sessions}) == 120
    assert len({one.site for one in asked.problem.venues if one.site}) == 30
    assert (len(asked.problem.teams), len(asked.problem.experts)) == (30, 40)
    assert asked.problem.days[27].working  # Sunday 28 September

    possible = candidates.find(asked.problem)
    names = [activity.id for activity in asked.problem.activities]
    hopeless = {name for n, name in enumerate(names) if not possible.count(n)}
    assert hopeless == {"A005", "A089"}
    _, evening = possible.reasons(names.index("A005"))
    assert set(evening) == {Cause.NOT_CHOSEN, Cause.HOURS, Cause.DATES}
    _, dome = possible.reasons(names.index("A089"))
    assert set(dome) == {Cause.NOT_CHOSEN, Cause.FACILITIES}

    wanting = {one.id: one for one in asked.problem.activities if "流动科技馆展品" in one.kits}
    assert set(wanting) == {"A012/*", "A113"}  # one exhibition, and the run lasts over the weekend
    assert [window.start // DAY for window in wanting["A113"].windows] == [26]
    kinds = Counter(kit.kind for kit in asked.problem.kits)
    assert (kinds["流动科技馆展品"], kinds["科普大篷车"]) == (1, 2)


def test_one_exhibition_cannot_be_on_tour_and_at_the_weekend_s_show(asked: Question) -> None:
    stay = next(one for one in asked.problem.activities if one.id == "A012/*")
    kit = next(one.id for one in asked.problem.kits if one.kind == "流动科技馆展品")
    laid = Placement(stay.id, stay.id, stay.windows[0].start, kits=(kit,))
    told = explain(asked.problem, Plan((laid,)), "A113")
    assert told.waterfall
    assert told.waterfall.left == 0
    assert told.core
    core = [one.zh for one in told.core.sentences]
    assert told.core.minimal
    assert any(stay.title in sentence for sentence in core)
    assert any("示例流动科技馆展品" in sentence for sentence in core)
    assert told.repairs[0].sentence.zh == (
        "允许《流动科技馆巡展(官埠桥站)》排在9月1日 周一 – 9月23日 周二"
    )
