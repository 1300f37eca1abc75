"""How addresses are read and built."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import IntegerConverter, Map, Rule

MOST_ROWS = 2**31 - 1


class RowNumber(IntegerConverter):
    """<int:...> in addresses: what no database can hold is not found."""

    def __init__(self, routes: Map, **limits: Any) -> None:
        """limits: as IntegerConverter's."""
        super().__init__(routes, **{"max": MOST_ROWS, **limits})


class LateRule(Rule):
    """A route whose builder is compiled when its address is first built.

    Werkzeug compiles code for building every address at once; a page needs a dozen of them.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT001, FBT002 - as werkzeug's
        compiled: list[Callable[..., tuple[str, str]]] = []

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            if not compiled:
                compiled.append(Rule._compile_builder(self, append_unknown))  # noqa: SLF001
            return compiled[0](rule, **values)

        return build
