"""One uploaded file, from the upload to the end: by people, by the worker, and by dead workers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import func, select

from events.config import Settings
from events.flows.apply_import import apply_confirmed, apply_import
from events.flows.confirm_import import confirm_import
from events.flows.discard_import import discard_import
from events.flows.upload_import import upload_import
from events.identity.models import Grant, Organization
from events.imports import queries, run as worker, services
from events.imports.models import ImportRun
from events.imports.queries import Preview
from events.imports.states import ImportState, TableKind
from events.journal.models import Change
from events.kernel.db import session, transaction
from events.kernel.errors import NotFound, Refused
from events.venues.models import Venue
from tests.cast import NOW, Cast
from tests.imports.files import DEMO, csv_of

VENUE = csv_of("venues", "V01,新馆名,博物馆,XA-WQ,XA-WLJ,120,1,报告厅")
LATER = NOW + timedelta(minutes=5)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["kepu"]
    return settings


def _check(at: datetime = NOW, settings: Settings | None = None) -> bool:
    return worker.check_waiting(lambda: at, settings or _settings())


def _upload(
    cast: Cast, text: str | bytes, *, who: str = "mei", of: str = "district", file: str = "f.csv"
) -> int:
    content = text if isinstance(text, bytes) else text.encode()
    return upload_import(
        cast.actor(who),
        NOW,
        organization_id=cast[of],
        campaign_id=None,
        file_name=file,
        content=content,
    )


def _seen(cast: Cast, run_id: int, who: str = "mei") -> Preview:
    session().expire_all()
    return queries.preview(cast.actor(who), run_id)


def _name_of(cast: Cast, venue: str = "museum") -> str:
    session().expire_all()
    return session().get_one(Venue, cast[venue]).name


def test_an_upload_is_checked_previewed_confirmed_and_imported(cast: Cast) -> None:
    run_id = _upload(cast, VENUE, file="C:\\桌面\\场馆 九月.csv")
    waiting = _seen(cast, run_id)
    assert (waiting.run.state, waiting.run.file_name) == (ImportState.WAITING, "场馆 九月.csv")
    assert _check()
    ready = _seen(cast, run_id)
    assert (ready.run.state, ready.run.kind, ready.percent) == (
        ImportState.READY,
        TableKind.VENUES,
        100,
    )
    assert [(c.table, c.created, c.changed, c.unchanged) for c in ready.counts] == [
        (TableKind.VENUES, 0, 1, 0)
    ]
    (row,) = ready.rows
    assert (row.row, row.code, row.changes) == (
        2,
        "V01",
        (("name", "示例区博物馆", "新馆名"), ("facilities", "报告厅;投影", "报告厅")),
    )
    assert _name_of(cast) == "示例区博物馆"
    confirm_import(cast.actor("mei"), NOW, run_id=run_id)
    assert apply_confirmed(LATER)
    done = _seen(cast, run_id)
    assert (done.run.state, done.run.content, done.run.finished_at) == (
        ImportState.DONE,
        b"",
        LATER,
    )
    assert _name_of(cast) == "新馆名"
    change = session().scalars(select(Change)).one()
    assert (change.actor_name, change.subject) == ("Mei", f"import:{run_id}")
    assert not _check()
    assert not apply_confirmed(LATER)


def test_problems_keep_it_from_being_confirmed(cast: Cast) -> None:
    run_id = _upload(cast, VENUE.replace("120", "viele"))
    _check()
    seen = _seen(cast, run_id)
    assert (seen.run.state, seen.errors, seen.is_confirmable) == (ImportState.READY, 1, False)
    assert [(p.row, p.column, p.code) for p in seen.problems] == [
        (2, "capacity_indoor", "number_unreadable")
    ]
    with pytest.raises(Refused, match="import_has_problems"):
        confirm_import(cast.actor("mei"), NOW, run_id=run_id)
    discard_import(cast.actor("mei"), NOW, run_id=run_id)
    assert _seen(cast, run_id).run.state is ImportState.DISCARDED
    with pytest.raises(Refused, match="import_state"):
        confirm_import(cast.actor("mei"), NOW, run_id=run_id)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_file_that_is_no_table_is_refused_with_the_reason(cast: Cast) -> None:
    run_id = _upload(cast, b"%PDF\x00")
    _check()
    seen = _seen(cast, run_id)
    assert (seen.run.state, [p.code for p in seen.problems]) == (
        ImportState.REFUSED,
        ["not_a_table"],
    )


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    ("limit", "code"),
    [("import_max_rows", "too_many_rows"), ("import_max_bytes", "file_too_large")],
)
def test_past_a_limit_is_refused_with_the_reason(cast: Cast, limit: str, code: str) -> None:
    run_id = _upload(cast, (DEMO / "experts.csv").read_bytes())
    facts: dict[str, Any] = {limit: 39}
    _check(settings=replace(_settings(), **facts))
    seen = _seen(cast, run_id)
    assert (seen.run.state, [p.code for p in seen.problems]) == (ImportState.REFUSED, [code])
    assert seen.problems[0].facts["most"] == 39


def test_xu_cannot_see_or_touch_what_is_meis(cast: Cast) -> None:
    run_id = _upload(cast, VENUE)
    _check()
    xu = cast.actor("xu")
    assert queries.runs(xu) == []
    for attempt in (
        lambda: queries.preview(xu, run_id),
        lambda: confirm_import(xu, NOW, run_id=run_id),
        lambda: discard_import(xu, NOW, run_id=run_id),
        lambda: _upload(cast, VENUE, who="xu", of="district"),
        lambda: _upload(cast, VENUE, who="lin", of="district"),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert [one.id for one in queries.runs(cast.actor("mei"))] == [run_id]
    assert [unit.code for unit in queries.organizations(xu)] == ["CB"]


def test_xus_file_cannot_name_or_change_meis_rows(cast: Cast) -> None:
    texts = {
        "manager_org_id": VENUE.replace("XA-WQ", ""),
        "org_id": csv_of("organizations", "XA-KX,夺来的,district,department,CB"),
        "base_venue_id": csv_of("teams", "T1,队,CB,V01,CB"),
        "service_area": csv_of("teams", "T1,队,CB,,XA"),
    }
    for column, text in texts.items():
        run_id = _upload(cast, text, who="xu", of="county")
        _check()
        seen = _seen(cast, run_id, "xu")
        if column == "org_id":  # a unit of Xu's own that has the same code
            assert (seen.errors, [c.created for c in seen.counts]) == (0, [1])
        else:
            assert [p.column for p in seen.problems] == [column]
    venue = csv_of("venues", "V01,赤壁的馆,博物馆,CB,CB,9,1,")
    run_id = _upload(cast, venue, who="xu", of="county")
    _check()
    confirm_import(cast.actor("xu"), NOW, run_id=run_id)
    apply_confirmed(NOW)
    assert _name_of(cast) == "示例区博物馆"
    assert session().scalar(select(func.count()).select_from(Venue)) == 2


@pytest.mark.parametrize("engine", ["sqlite"])
def test_rows_above_and_beside_the_scope_may_stand_unchanged(cast: Cast) -> None:
    same = (
        "XN,咸宁市,city,region,",
        "CB,赤壁市,district,region,XN",
        "XA,咸安区,district,region,XN",
        "XA-NEW,新镇,town,region,XA",
    )
    run_id = _upload(cast, csv_of("organizations", *same))
    _check()
    seen = _seen(cast, run_id)
    assert [(c.created, c.changed, c.unchanged) for c in seen.counts] == [(1, 0, 3)]
    other = (
        "XN,别名,city,region,",
        "CB,赤壁市,district,region,",
        "XA,咸安区,district,region,CB",
        "CB-NEW,新镇,town,region,CB",
        "R,根,city,region,",
        "XA-WQ,温泉办事处,town,region,",
    )
    run_id = _upload(cast, csv_of("organizations", *other))
    _check()
    assert [(p.row, p.column, p.code) for p in _seen(cast, run_id).problems] == [
        (2, "org_id", "outside_your_organizations"),
        (3, "org_id", "outside_your_organizations"),
        (4, "parent_id", "organization_unknown"),
        (5, "org_id", "outside_your_organizations"),
        (6, "org_id", "outside_your_organizations"),
        (7, "parent_id", "outside_your_organizations"),
    ]


def test_a_stale_preview_is_shown_again_instead_of_imported(cast: Cast) -> None:
    run_id = _upload(cast, VENUE)
    _check()
    confirm_import(cast.actor("mei"), NOW, run_id=run_id)
    _rename(cast, "馆长改的")
    apply_confirmed(NOW)
    seen = _seen(cast, run_id)
    assert (seen.run.state, [p.code for p in seen.problems]) == (
        ImportState.READY,
        ["import_stale"],
    )
    assert seen.rows[0].changes[0] == ("name", "馆长改的", "新馆名")
    assert (seen.is_confirmable, _name_of(cast)) == (True, "馆长改的")
    confirm_import(cast.actor("mei"), NOW, run_id=run_id)
    apply_confirmed(NOW)
    assert (_seen(cast, run_id).run.state, _name_of(cast)) == (ImportState.DONE, "新馆名")


def _rename(cast: Cast, name: str) -> None:
    with transaction() as writes:
        writes.get_one(Venue, cast["museum"]).name = name


def test_what_changes_elsewhere_meanwhile_does_not_disturb(cast: Cast) -> None:
    run_id = _upload(cast, VENUE)
    _check()
    confirm_import(cast.actor("mei"), NOW, run_id=run_id)
    with transaction() as writes:
        office = writes.get_one(Organization, cast["office"])
        writes.add(Venue(organization=office, code="V77", name="别的馆", kind="馆"))
    apply_confirmed(NOW)
    assert _seen(cast, run_id).run.state is ImportState.DONE


def test_a_change_between_check_and_write_is_noticed_under_the_lock(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = _upload(cast, VENUE)
    _check()
    confirm_import(cast.actor("mei"), NOW, run_id=run_id)
    prepare, names = worker.Claimed.prepare, iter(("甲", "乙"))

    def slowly(claimed: worker.Claimed, progress: Callable[[int, int], None]) -> object:
        prepared = prepare(claimed, progress)
        if name := next(names, None):
            _rename(cast, name)
        return prepared

    monkeypatch.setattr(worker.Claimed, "prepare", slowly)
    apply_confirmed(NOW)
    seen = _seen(cast, run_id)
    assert (seen.run.state, _name_of(cast)) == (ImportState.READY, "乙")


def test_who_may_no_longer_import_is_refused(cast: Cast) -> None:
    run_id = _upload(cast, VENUE)
    _check()
    confirm_import(cast.actor("mei"), NOW, run_id=run_id)
    with transaction() as writes:
        for grant in writes.scalars(select(Grant).where(Grant.user_id == cast["mei"])):
            writes.delete(grant)
    apply_confirmed(NOW)
    seen = _seen(cast, run_id, "ada")
    assert (seen.run.state, [p.code for p in seen.problems]) == (
        ImportState.REFUSED,
        ["not_allowed"],
    )
    assert _name_of(cast) == "示例区博物馆"


class Killed(BaseException):
    """A worker that is no more."""


def _kill(*_: object, **__: object) -> None:
    raise Killed


def test_a_worker_killed_while_it_checks_leaves_a_run_that_goes_on(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = _upload(cast, VENUE)
    with monkeypatch.context() as patch:
        patch.setattr(worker, "_store", _kill)
        with pytest.raises(Killed):
            _check()
    assert _seen(cast, run_id).run.state is ImportState.CHECKING
    assert not _check(NOW + timedelta(seconds=30))
    assert _check(LATER)
    assert _seen(cast, run_id).run.state is ImportState.READY


def test_a_worker_killed_while_it_writes_leaves_nothing_half_done(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = _upload(cast, VENUE)
    _check()
    confirm_import(cast.actor("mei"), NOW, run_id=run_id)
    with monkeypatch.context() as patch:
        patch.setattr(services, "end", _kill)
        with pytest.raises(Killed):
            apply_confirmed(NOW)
    assert (_seen(cast, run_id).run.state, _name_of(cast)) == (
        ImportState.CONFIRMED,
        "示例区博物馆",
    )
    assert not apply_confirmed(NOW + timedelta(seconds=30))
    assert apply_confirmed(LATER)
    assert (_seen(cast, run_id).run.state, _name_of(cast)) == (ImportState.DONE, "新馆名")
    apply_import(LATER, run_id=run_id)
    assert session().scalar(select(func.count()).select_from(Change)) == 1


def test_a_file_that_kills_every_worker_is_given_up(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = _upload(cast, VENUE)
    with monkeypatch.context() as patch:
        patch.setattr(worker, "_store", _kill)
        for n in range(services.MOST_ATTEMPTS):
            with pytest.raises(Killed):
                _check(NOW + timedelta(minutes=5 * n))
    assert not _check(NOW + timedelta(hours=1))
    seen = _seen(cast, run_id)
    assert (seen.run.state, [p.code for p in seen.problems]) == (
        ImportState.REFUSED,
        ["check_failed"],
    )


def test_an_error_of_ours_is_said_and_ends_the_run(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = _upload(cast, VENUE)
    monkeypatch.setattr(worker.Claimed, "prepare", lambda *_: 1 / 0)
    assert _check()
    assert _seen(cast, run_id).problems[0].code == "check_failed"


def test_a_worker_that_slept_stores_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = _upload(cast, VENUE)
    store = worker._store

    def asleep(*arguments: object) -> None:
        monkeypatch.setattr(worker, "_store", store)
        assert _check(LATER)  # another worker meanwhile
        store(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "_store", asleep)
    assert _check()
    run = session().get_one(ImportRun, run_id)
    assert (run.state, run.summary["errors"]) == (ImportState.READY, 0)


def test_progress_is_stored_while_a_long_file_is_checked(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"P{n},专家{n},XA-KX" for n in range(2000)]
    run_id = _upload(cast, csv_of("experts", *rows))
    seen: list[tuple[int, int]] = []
    progress = services.progress

    def noted(run_id: int, **facts: object) -> bool:
        seen.append((facts["done"], facts["total"]))  # type: ignore[arg-type]
        return progress(run_id, **facts)  # type: ignore[arg-type]

    monkeypatch.setattr(services, "progress", noted)
    ticks = iter(NOW + timedelta(seconds=n) for n in range(1000))
    assert worker.check_waiting(lambda: next(ticks), _settings())
    read = [(250 * n, 2001) for n in range(1, 5)]
    checked = [(1000 + 250 * n, 2000) for n in range(5)]
    assert seen == [*read, *checked][: len(seen)]
    assert len(seen) >= 8
    run = _seen(cast, run_id).run
    assert (run.state, run.done, run.total) == (ImportState.READY, 2000, 2000)


def test_a_run_discarded_while_it_is_checked_stays_discarded(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = _upload(cast, VENUE)
    store = worker._store

    def after_discard(*arguments: object) -> None:
        discard_import(cast.actor("mei"), NOW, run_id=run_id)
        store(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "_store", after_discard)
    assert _check()
    assert _seen(cast, run_id).run.state is ImportState.DISCARDED
