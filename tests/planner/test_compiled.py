"""The inner loops' compiler: absent, present, with nowhere to keep what it made; made ahead."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from events.planner import ahead, compiled, machine_code

MARKS = ("compiled", "compiled_in_place", "inner", "inlined", "pasted")


PLANNER = Path(compiled.__file__).parent
ALONE = """
import sys, threading, types
events = sys.modules["events"] = types.ModuleType("events")
events.__path__ = [sys.argv[1]]
"""
LOOPS = """
from events.planner.compiled import compiled, inner

@inner
def half(number):
    return number // 2

@compiled
def double(number):
    return 4 * half(number)

print(double(10), sum(double.stats.cache_misses.values()))
"""
REHEARSAL = """
from events.planner import ahead
from events.planner.staff import search

search.MOVES = 200
called = set()
note = lambda frame, event, _: called.add(frame.f_code.co_name)
sys.setprofile(note)
threading.setprofile(note)
ahead.rehearse()
sys.setprofile(None)
print({"lay", "anneal", "_note", "exchange", "_pairs", "_within", "excess", "fill"} - called)
"""


def double(number: int) -> int:
    return 2 * number


@pytest.mark.parametrize("why", ["switched off", "not installed"])
def test_without_numba_functions_run_as_they_stand(
    monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    with monkeypatch.context() as without:
        if why == "switched off":
            without.setenv("KEPU_WITHOUT_NUMBA", "1")
        else:
            without.setitem(sys.modules, "numba", None)
        importlib.reload(compiled)
        assert not compiled.IS_COMPILED
        for mark in MARKS:
            assert getattr(compiled, mark)(double) is double
    importlib.reload(compiled)


def test_where_no_folder_can_be_written_functions_are_compiled_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dispatcher = pytest.importorskip("numba.core.dispatcher")

    def refuse(_: object) -> None:
        raise RuntimeError("no locator available")

    monkeypatch.setattr(dispatcher.Dispatcher, "enable_caching", refuse)
    monkeypatch.delenv("KEPU_WITHOUT_NUMBA", raising=False)
    fast = compiled.compiled(double)
    assert fast is not double
    assert fast(21) == 42


def test_where_machine_code_cannot_be_saved_that_is_said_once_and_functions_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    numba = pytest.importorskip("numba")
    monkeypatch.delenv("KEPU_WITHOUT_NUMBA", raising=False)
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "code"))
    monkeypatch.setattr(compiled, "unsaved", set())
    first, second = compiled.compiled(double), compiled.compiled_in_place(double)
    shutil.rmtree(tmp_path / "code")
    (tmp_path / "code").touch()
    with pytest.warns(RuntimeWarning) as said:
        assert (first(21), second(21)) == (42, 42)
    assert [str(one.message) for one in said] == ["Machine code is not saved: Not a directory"]
    assert compiled.unsaved == {"double"}


@pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="pip install numba to run it")
def test_two_may_compile_at_once_and_who_comes_later_need_not(tmp_path: Path) -> None:
    loops = tmp_path / "loops.py"
    loops.write_text(ALONE + LOOPS)
    env = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "KEPU_WITHOUT_NUMBA": ""}
    command = [sys.executable, str(loops), str(PLANNER.parent)]
    both = [subprocess.Popen(command, env=env, stdout=subprocess.PIPE) for _ in range(2)]
    assert {one.communicate()[0].split()[0] for one in both} == {b"20"}
    assert subprocess.run(command, env=env, capture_output=True, check=True).stdout == b"20 0\n"


def test_what_is_compiled_ahead_of_time_is_what_is_called_later() -> None:
    command = [sys.executable, "-c", ALONE + REHEARSAL, str(PLANNER.parent)]
    env = {**os.environ, "KEPU_WITHOUT_NUMBA": "1"}
    assert subprocess.run(command, env=env, capture_output=True, check=True).stdout == b"set()\n"


def test_what_is_prepared_is_not_prepared_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    folder = machine_code.folder()
    assert folder is not None
    own, _ = folder.name.rsplit("-", 1)
    folder.rmdir()
    for older in (f"{own}-old", "loops-elsewhere-old"):
        (tmp_path / older).mkdir()
    assert machine_code.folder() == folder
    assert sorted(tmp_path.iterdir()) == sorted([folder, tmp_path / "loops-elsewhere-old"])
    monkeypatch.setattr(compiled, "IS_COMPILED", True)
    monkeypatch.setattr(compiled, "unsaved", set())
    monkeypatch.setattr(ahead, "rehearse", lambda: said.append("compiled"))
    said: list[str] = []
    assert [ahead.prepare(on_start=lambda: said.append("waiting")) for _ in range(2)] == [
        True,
        False,
    ]
    assert said == ["waiting", "compiled"]
