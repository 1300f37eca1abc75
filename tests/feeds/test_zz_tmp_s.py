from __future__ import annotations
import pytest
from flask import Flask
from sqlalchemy import select
from events.flows.postpone_occurrence import postpone_occurrence
from events.flows.undo_change import undo_change
from events.kernel.db import session
from events.schedule.models import Undo
from tests.feeds.world import FIRST, LATER, World, assert_revision_moves
from tests.notices.conftest import edit
from tests.cast import Cast

@pytest.mark.parametrize("engine", ["sqlite"])
def test_all(app: Flask, cast: Cast) -> None:
    world = World.create(app, cast)
    a = assert_revision_moves(app, lambda: edit(world, FIRST.replace(hour=14)))
    def undo():
        cid = session().scalars(select(Undo.change_id).order_by(Undo.id.desc())).first()
        undo_change(cast.actor("mei"), LATER, change_id=cid)
    b = assert_revision_moves(app, undo)
    row = world.occurrence(1)
    c = assert_revision_moves(app, lambda: postpone_occurrence(cast.actor("mei"), LATER, occurrence_id=row.id, version=row.version, reason="x"))
    d = assert_revision_moves(app, undo)
    print(sorted(a), sorted(b), sorted(c), sorted(d))
    assert a and a == b and c == d
