from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from events.identity.models import Organization
from events.kernel.db import release, session, transaction
from events.kernel.versions import require_version
from tests.cast import Cast


def test_nothing_can_be_written_outside_a_transaction(app: Flask, cast: Cast) -> None:
    session().get_one(Organization, cast["office"]).name = "changed in a GET"
    with pytest.raises(DBAPIError, match=r"(?i)read-?only"):
        session().flush()


def test_a_failed_transaction_leaves_nothing(app: Flask, cast: Cast) -> None:
    def half_way() -> None:
        with transaction():
            session().get_one(Organization, cast["office"]).name = "half"
            session().flush()
            raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        half_way()
    assert session().get_one(Organization, cast["office"]).name == "区科协"


def test_a_transaction_inside_a_transaction_is_a_mistake(app: Flask) -> None:
    with (
        pytest.raises(RuntimeError, match="flow was called from a flow"),
        transaction(),
        transaction(),
    ):
        pass


def test_saving_over_something_newer_is_refused(app: Flask, cast: Cast) -> None:
    seen = session().get_one(Organization, cast["office"]).version
    with transaction():
        session().get_one(Organization, cast["office"]).note = "first"
    with pytest.raises(StaleDataError), transaction():
        require_version(session().get_one(Organization, cast["office"]), seen)


def test_reading_inside_a_transaction_is_fresh(app: Flask, cast: Cast) -> None:
    before = session().scalars(select(Organization.note)).all()
    with transaction():
        session().get_one(Organization, cast["office"]).note = "new"
    release()
    assert session().scalars(select(Organization.note)).all() != before
