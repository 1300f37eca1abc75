"""The inner loops' compiler: absent, present, and with nowhere to keep what it made."""

from __future__ import annotations

import importlib
import sys

import pytest

from events.planner import compiled

MARKS = ("compiled", "compiled_in_place", "inner", "inlined", "pasted")


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
