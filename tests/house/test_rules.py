"""The rules of the house that no import contract can say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from events.access.messages import TEXTS
from events.access.routes import LIBRARY, Undeclared, require_declared
from events.foreign.words import TEXTS as CALENDAR_TEXTS
from events.imports.words import TEXTS as IMPORT_TEXTS
from events.kernel.db import Base
from events.kernel.texts import catalogue
from events.notices.states import NoticeKind

ROOT = Path(__file__).resolve().parents[2]
FLOORS = (
    ("user", "organization", "grant"),
    ("change", "audience", "touch"),
    ("day_type", "announced_date"),
    ("campaign", "target", "activity", "support"),
    ("series", "occurrence", "undo"),
    ("venue", "space", "booking_request", "booking", "closure"),
    ("team", "member", "shift", "signup", "absence", "expert", "kit", "allocation"),
    ("feed", "feed_read", "notice", "delivery", "import_run", "foreign_calendar", "foreign_entry"),
    ("plan_run", "plan", "plan_entry"),
)


def python_files() -> Iterator[tuple[Path, str]]:
    for file in sorted((ROOT / "events").rglob("*.py")):
        yield file, file.read_text(encoding="utf-8")


@pytest.mark.parametrize("engine", ["sqlite"])
def test_every_endpoint_declares_who_may(app: Flask) -> None:
    require_declared(app)
    declared = {n: v for n, v in app.view_functions.items() if n.split(".")[0] not in LIBRARY}
    assert len(declared) > 20
    assert all(hasattr(view, "declared") for view in declared.values())


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_view_that_declares_nothing_stops_the_start(app: Flask) -> None:
    app.view_functions["open.door"] = lambda: ""
    with pytest.raises(Undeclared, match=r"open\.door"):
        require_declared(app)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_foreign_keys_point_down_the_floors(app: Flask) -> None:
    floor = {table: level for level, tables in enumerate(FLOORS) for table in tables}
    assert set(floor) == set(Base.metadata.tables)
    upward = [
        f"{table.name}.{key.parent.name} -> {key.column.table.name}"
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if floor[key.column.table.name] > floor[table.name]
    ]
    assert upward == []


def test_only_the_kernel_commits() -> None:
    commits = [str(file.relative_to(ROOT)) for file, text in python_files() if ".commit(" in text]
    assert commits == ["events/kernel/db.py"]


def test_every_notice_kind_has_its_templates() -> None:
    missing = [
        f"{kind}/{part}"
        for kind in NoticeKind
        for part in ("subject.txt", "body.txt", "body.html")
        if not (ROOT / "templates" / "notices" / kind / part).is_file()
    ]
    assert missing == []


def test_every_setting_stands_in_its_page() -> None:
    named = set(
        re.findall(r'"(KEPU_[A-Z_]+|DATABASE_URL)"', (ROOT / "events/config.py").read_text())
    )
    told = set(
        re.findall(r"`(KEPU_[A-Z_]+|DATABASE_URL)`", (ROOT / "docs/settings.md").read_text())
    )
    assert named - told == set()


def test_every_package_stands_in_the_floor_plan() -> None:
    plan = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    packages = {
        str(init.parent.relative_to(ROOT / "events"))
        for init in (ROOT / "events").glob("*/__init__.py")
    }
    assert {name for name in packages if f"{name}/" not in plan} == set()


def test_every_package_says_what_it_knows() -> None:
    silent = [
        str(init)
        for init in (ROOT / "events").rglob("__init__.py")
        if "webui" not in init.parts
        and "web" not in init.parts[-3:-1]
        and "Start reading" not in (ast.get_docstring(ast.parse(init.read_text())) or "")
        and init.parent != ROOT / "events"
    ]
    assert silent == []


def test_every_refusal_has_a_sentence() -> None:
    pattern = re.compile(r'\b(?:Refused|Unreadable|Unusable)\(\s*"([a-z_]+)"')
    raised = {code for _, text in python_files() for code in pattern.findall(text)}
    assert raised - set(TEXTS) - set(IMPORT_TEXTS) - set(CALENDAR_TEXTS) == set()


def test_every_translatable_string_has_its_chinese_text() -> None:
    """Read from the sources as the extractor does: gettext calls and templates."""
    from tests.house import messages

    chinese = catalogue("zh")
    missing = sorted(
        message for message in messages.of_the_project(ROOT) if chinese.gettext(message) == message
    )
    assert missing == []
