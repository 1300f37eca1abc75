"""The festivals against lunar-python, another computation by other people.

test_lunar.py holds every month and every term of 1950-2100 against it; here it is the counting.
"""

from datetime import date
from functools import cache
from typing import Any

import lunar_python
import pytest
from flask import Flask

from events.observances import festivals
from events.observances.festivals import FESTIVALS, TERMS

PEER: Any = lunar_python  # untyped
YEARS = (1950, 1987, 2022, 2026, 2033, 2057, 2084, 2097, 2100)  # leap months, and close calls


def peer(name: str, year: int) -> date:
    if name in FESTIVALS:
        found = PEER.Lunar.fromYmd(year, *FESTIVALS[name]).getSolar()
        return date.fromisoformat(found.toYmd())
    # the table runs from the 冬至 of the year before; this year's own has a name of its own
    instant = peer_terms(year)["DONG_ZHI" if name == "dongzhi" else TERMS[name]]
    return date.fromisoformat(instant.toYmd())


@cache
def peer_terms(year: int) -> Any:
    return PEER.Lunar.fromYmd(year, 6, 1).getJieQiTable()


def test_every_festival_falls_on_the_peers_day() -> None:
    rows = list(festivals.rows(1950, 2100))
    assert len({(name, year) for name, year, _ in rows}) == len(rows) == 151 * 14
    own = {(name, year): date.fromisoformat(on) for name, year, on in rows if year in YEARS}
    theirs = {(name, year): peer(name, year) for name in (*FESTIVALS, *TERMS) for year in YEARS}
    differences = {key: (own[key], theirs[key]) for key in own if own[key] != theirs[key]}
    # The new moon of 2097-08-08 lies within seconds of midnight, see test_lunar.py.
    assert differences == {
        ("qixi", 2097): (date(2097, 8, 14), date(2097, 8, 13)),
        ("zhongyuan", 2097): (date(2097, 8, 22), date(2097, 8, 21)),
    }


def test_laba_counts_to_the_lunar_year() -> None:
    assert festivals.day("laba", 2026) == date(2027, 1, 15)
    assert festivals.day("laba", 2022) == date(2022, 12, 30)
    with pytest.raises(KeyError):
        festivals.day("christmas", 2026)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_command_prints_tab_separated_rows(app: Flask) -> None:
    said = app.test_cli_runner().invoke(
        args=["observances", "lunar", "--from", "2026", "--to", "2026"]
    )
    assert said.exit_code == 0
    assert said.stdout == (
        "spring\t2026\t2026-02-17\n"
        "lantern\t2026\t2026-03-03\n"
        "longtaitou\t2026\t2026-03-20\n"
        "qingming\t2026\t2026-04-05\n"
        "dragonboat\t2026\t2026-06-19\n"
        "xiazhi\t2026\t2026-06-21\n"
        "liqiu\t2026\t2026-08-07\n"
        "qixi\t2026\t2026-08-19\n"
        "zhongyuan\t2026\t2026-08-27\n"
        "harvest\t2026\t2026-09-23\n"
        "midautumn\t2026\t2026-09-25\n"
        "chongyang\t2026\t2026-10-18\n"
        "dongzhi\t2026\t2026-12-22\n"
        "laba\t2026\t2027-01-15\n"
    )
    wrong = app.test_cli_runner().invoke(
        args=["observances", "lunar", "--from", "2027", "--to", "2026"]
    )
    assert wrong.exit_code == 2
