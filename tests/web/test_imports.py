from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from events.flows.apply_import import apply_confirmed
from events.imports.models import ImportRun
from events.imports.run import check_waiting
from events.imports.states import ImportState, TableKind
from events.kernel import clock
from events.kernel.db import session
from events.resources.models import Kit
from tests.cast import Cast

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
LogIn = Callable[[str], FlaskClient]
GOOD = "kit_id,name,kind,owner_org_id\nK1,流动展板,展板,XA-KX\nK2,天文望远镜,望远镜,XA-KX\n"
BAD = "kit_id,name,kind,owner_org_id\nK1,流动展板,展板,NOWHERE\n"


def _upload(client: FlaskClient, organization: int, text: str = GOOD) -> str:
    sent = {
        "organization_id": str(organization),
        "campaign_id": "0",
        "file": (io.BytesIO(text.encode()), "kits.csv"),
    }
    answer = client.post("/imports", data=sent)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def _check(app: Flask) -> None:
    assert check_waiting(clock.now, app.extensions["kepu"])


def test_a_file_is_checked_confirmed_and_imported(app: Flask, log_in: LogIn, cast: Cast) -> None:
    client = log_in("mei")
    where = _upload(client, cast["district"])
    waiting = client.get(where).text
    assert f'hx-get="{where}" hx-trigger="every 1s"' in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    _check(app)
    ready = client.get(where).text
    assert "hx-trigger" not in ready
    assert "天文望远镜" in ready
    for _ in range(2):
        assert client.post(f"{where}/confirm").status_code == 303
    assert apply_confirmed(clock.now())
    assert sorted(session().scalars(select(Kit.code))) == ["K1", "K2"]
    assert "/confirm" not in client.get(where).text


def test_progress_is_asked_for_as_a_part_of_the_page(log_in: LogIn, cast: Cast) -> None:
    client = log_in("mei")
    where = _upload(client, cast["district"])
    part = client.get(where, headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="run"')
    assert "<html" not in part


def test_problems_name_row_and_column_and_nothing_can_be_imported(
    app: Flask, log_in: LogIn, cast: Cast
) -> None:
    client = log_in("mei")
    where = _upload(client, cast["district"], BAD)
    _check(app)
    text = client.get(where).text
    assert ">2</td>" in text
    assert ">owner_org_id</td>" in text
    assert "NOWHERE" in text
    assert "/confirm" not in text
    answer = client.post(f"{where}/confirm")
    assert answer.status_code == 422
    assert "data-error-summary" in answer.text


def test_a_discarded_file_is_not_imported(app: Flask, log_in: LogIn, cast: Cast) -> None:
    client = log_in("mei")
    where = _upload(client, cast["district"])
    _check(app)
    for _ in range(2):
        assert client.post(f"{where}/discard").status_code == 303
    run = session().scalars(select(ImportRun)).one()
    assert (run.state, bytes(run.content)) == (ImportState.DISCARDED, b"")


def test_a_form_without_a_file_is_shown_again(log_in: LogIn, cast: Cast) -> None:
    answer = log_in("mei").post(
        "/imports", data={"organization_id": str(cast["district"]), "campaign_id": "0"}
    )
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


def test_only_own_organizations_can_be_chosen(log_in: LogIn, cast: Cast) -> None:
    client = log_in("xu")
    assert "咸安区" not in client.get("/imports").text
    sent = {
        "organization_id": str(cast["district"]),
        "campaign_id": "0",
        "file": (io.BytesIO(GOOD.encode()), "kits.csv"),
    }
    assert client.post("/imports", data=sent).status_code == 422


def test_foreign_runs_are_not_there(log_in: LogIn, cast: Cast) -> None:
    client = log_in("mei")
    where = _upload(client, cast["district"])
    client.post("/account/logout")
    client = log_in("xu")
    assert f'href="{where}"' not in client.get("/imports").text
    assert client.get(where).status_code == 404
    assert client.post(f"{where}/confirm").status_code == 404
    assert client.post(f"{where}/discard").status_code == 404


@pytest.mark.parametrize("kind", list(TableKind))
def test_templates_are_read_back_as_empty_tables(
    app: Flask, log_in: LogIn, cast: Cast, kind: TableKind
) -> None:
    client = log_in("mei")
    answer = client.get(f"/imports/templates/{kind}.csv")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="kepu-{kind}.csv"'
    assert answer.data.startswith(b"\xef\xbb\xbf")
    sent = {
        "organization_id": str(cast["district"]),
        "campaign_id": "0",
        "file": (io.BytesIO(answer.data), "template.csv"),
    }
    where = client.post("/imports", data=sent).location
    _check(app)
    assert session().scalars(select(ImportRun.kind)).one() is kind
    assert client.get(where).status_code == 200


def test_there_is_no_template_of_something_else(log_in: LogIn) -> None:
    assert log_in("mei").get("/imports/templates/users.csv").status_code == 404


def test_a_file_without_rows_says_so(app: Flask, log_in: LogIn, cast: Cast) -> None:
    client = log_in("mei")
    client.post("/language", data={"language": "en"})
    where = _upload(client, cast["district"], "kit_id,name,kind,owner_org_id\n")
    _check(app)
    page = client.get(where).text
    assert "The file has no rows yet." in page
    assert "Ready to confirm" not in page
    assert "/confirm" not in page
    assert "No rows" in client.get("/imports").text


def test_headings_and_words_are_listed(log_in: LogIn) -> None:
    client = log_in("mei")
    assert 'href="/imports/words"' in client.get("/imports").text
    page = client.get("/imports/words").text
    for text in ("活动名称、活动标题、名称、标题、title、name", "线下、现场", "onsite"):
        assert text in page, text
