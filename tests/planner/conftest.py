"""What tests of the planner share."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest

from events.planner import compiled
from events.planner.layout import kernel, search


@pytest.fixture(scope="module")
def plain() -> Iterator[None]:
    """Venues and times are searched in plain Python: compiling takes longer than the tests."""
    modules = (compiled, kernel, search)
    with pytest.MonkeyPatch.context() as without:
        without.setenv("KEPU_WITHOUT_NUMBA", "1")
        for module in modules:
            importlib.reload(module)
    yield
    for module in modules:
        importlib.reload(module)
