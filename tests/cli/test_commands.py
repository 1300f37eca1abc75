from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from events import create_app, demo, demo_people
from events.config import ROOT, Settings
from events.feeds.states import FeedKind
from events.identity.models import Organization
from events.kernel.db import release, session
from events.venues.models import Booking
from events.venues.states import BookingState
from events.volunteers.models import Shift
from tests.cast import Cast

DEMO = Path(demo.__file__).parent / "demo_data"


def run(app: Flask, *words: str) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    done = app.test_cli_runner().invoke(args=list(words), catch_exceptions=False)
    release()
    return done.exit_code, done.stdout, done.stderr


def test_importing_a_folder_twice_changes_nothing_the_second_time(app: Flask) -> None:
    assert run(app, "import", str(DEMO))[0] == 0
    status, told, problems = run(app, "import", str(DEMO))
    assert (status, problems) == (0, "")
    assert [line.split("：")[1] for line in told.splitlines()[:-1]] == [
        f"新增 0，修改 0，不变 {number}" for number in (88, 30, 30, 40, 20, 120)
    ]
    assert session().scalar(select(func.count(Organization.id))) == 88


def test_a_dry_run_writes_nothing(app: Flask) -> None:
    assert run(app, "import", str(DEMO), "--dry-run")[0] == 0
    assert session().scalar(select(func.count(Organization.id))) == 0


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_problem_is_one_line_with_its_place_and_status_1(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "organizations.csv"
    file.write_text("org_id,name,level,org_type,parent_id\nXN,咸宁市,planet,region,\n")
    status, _, problems = run(app, "import", str(file))
    assert status == 1
    assert [line.split(": ")[0] for line in problems.splitlines()] == ["organizations.csv:2:level"]


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    "words",
    [
        ("import", "no-such-folder"),
        ("import", str(DEMO), "--campaign", "no-such-campaign"),
        ("import", str(DEMO), "--campaign", "9" * 30),
        ("observances", "dates", "--from", "2030", "--to", "2028"),
        ("observances", "dates", "--from", "1800", "--to", "1801"),
        ("no-such-command",),
    ],
)
def test_misuse_ends_with_status_2(app: Flask, words: tuple[str, ...]) -> None:
    status, _, told = run(app, *words)
    assert status == 2
    assert "Traceback" not in told
    assert told


@pytest.mark.parametrize("engine", ["sqlite"])
def test_what_a_command_does_not_understand_is_one_line(app: Flask) -> None:
    """And where it says how to use it, in the language of all commands."""
    told = {
        ("plan",): "缺少 CAMPAIGN。用法见：flask --app app plan --help",
        ("plan", "1", "2"): "给出的内容超过了这条命令所需。用法见：flask --app app plan --help",
        ("plan", "1", "--fast"): "没有选项 --fast。用法见：flask --app app plan --help",
        ("plan", "1", "--seconds"): "--seconds 缺少取值，或带了不该带的取值。",
        ("demo", "rest"): "没有命令 rest。用法见：flask --app app demo --help",
        ("db", "upgrade", "--fast"): "没有选项 --fast。用法见：flask --app app db upgrade --help",
        ("import", "nowhere"): "PATH 不存在，或无法读取。用法见：flask --app app import --help",
        ("calendar", "read", str(DEMO / "venues.csv"), "--from", "1.9."): (
            "--from 应为 YYYY-MM-DD 格式的日期。用法见：flask --app app calendar read --help"
        ),
        ("found", "--level", "world"): (
            "--level 应为以下之一：country, province, city, district, town。"
            "用法见：flask --app app found --help"
        ),
    }
    assert {words: run(app, *words) for words in told} == {
        words: (2, "", f"{line}\n") for words, line in told.items()
    }


def test_what_a_command_does_not_understand_is_said_in_english(tmp_path: Path) -> None:
    settings = Settings.from_environment({"KEPU_DATA": str(tmp_path), "KEPU_LANGUAGE": "en"})
    app = create_app(settings)
    with app.app_context():
        status, _, told = run(app, "plan", "1", "--seconds", "soon")
    wanted = "--seconds must be a whole number from 1 to 3600."
    assert (status, told) == (2, f"{wanted} How to use it: flask --app app plan --help\n")


@pytest.mark.parametrize("engine", ["sqlite"])
def test_dates_are_a_csv(app: Flask) -> None:
    status, told, _ = run(app, "observances", "dates", "--from", "2028", "--to", "2030")
    rows = list(csv.DictReader(io.StringIO(told)))
    assert status == 0
    assert set(rows[0]) == {"id", "year", "start", "end", "status"}
    assert {row["status"] for row in rows} == {"confirmed", "provisional"}
    month = [row for row in rows if row["id"] == "national-science-month"]
    assert [(row["start"], row["end"]) for row in month] == [
        (f"{year}-09-01", f"{year}-09-30") for year in (2028, 2029, 2030)
    ]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_an_installation_is_founded_once(app: Flask) -> None:
    words = ("found", "--code", "XN", "--organization", "咸宁市", "--level", "city")
    person = ("--email", "ada@kepu.example", "--name", "Ada", "--password", "long enough a word")
    assert run(app, *words, *person)[0] == 0
    assert run(app, *words, *person)[0] == 2


def test_the_demo_world_is_alive(app: Flask) -> None:
    """Things waiting, confirmed, declined and full; the season around today; feeds to subscribe."""
    status, told, _ = run(app, "demo", "reset")
    assert status == 0
    assert demo_people.PASSWORD in told
    states = set(session().scalars(select(Booking.state).distinct()))
    assert set(BookingState) == states
    full = select(Shift.id).where(Shift.taken == Shift.places)
    assert session().scalars(full).all() != []
    assert not demo_people.is_half_made()
    status, told, _ = run(app, "feeds", "list")
    kinds = {line.split("\t")[1] for line in told.splitlines()}
    assert (status, kinds) == (0, set(FeedKind) - {FeedKind.FILTER})
    mails = [mail.read_text("utf-8") for mail in app.extensions["kepu"].data.glob("outbox/*")]
    assert any("@venue.kepu.example" in mail and "/v/" in mail for mail in mails)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_demo_world_never_replaces_real_data_unasked(app: Flask, cast: Cast) -> None:
    status, _, told = run(app, "demo", "reset")
    assert (status, "--yes" in told) == (2, True)
    assert session().scalar(select(func.count(Organization.id))) == 6


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_log_ins_of_the_demo_world_are_told_in_both_languages(app: Flask) -> None:
    told = demo_people.greeting("http://kepu.example/login")
    assert told[:3] == [
        "登录 · Log in: http://kepu.example/login",
        "示例账号，密码均为 · Demo log-ins, password for all: kepu-demo",
        "  mei@kepu.example     组织者(区科协) · organizer (science association)",
    ]
    assert len(told) == 2 + len(demo_people.PEOPLE)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_commands_of_libraries_that_pass_by_grants_are_not_there(app: Flask) -> None:
    assert {"users", "roles"} & set(app.cli.commands) == set()
    assert {"serve", "worker", "db"} - set(app.cli.commands) == set()


def test_the_readme_names_every_log_in() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\S+@\S+)` \| ([^|]+) \|", readme, re.MULTILINE)
    assert sorted(rows) == sorted((person.email, person.says[1]) for person in demo_people.PEOPLE)
    assert f"`{demo_people.PASSWORD}`" in readme
