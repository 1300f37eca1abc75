"""What the applications of one process share: compiling it anew was most of all tests' time.

Only what is the same for all of them: statements, templates and addresses, compiled. Passwords
are hashed as always, but weakly; tests/access/test_passwords.py holds the strength in use.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from flask import Flask
from flask_security import core
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from events.kernel import db as kernel_db

STATEMENTS = 5_000
"""So many are kept: all tests together have more than SQLAlchemy's 500."""
_first: dict[str, Engine] = {}
_builders: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}
_compile_builder: Any = Rule._compile_builder


class _Memory(BytecodeCache):
    """Templates, compiled, by what they say."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


_templates = _Memory()


def share(app: Flask) -> None:
    """Let `app` use what earlier ones have compiled; inside its context."""
    app.jinja_env.bytecode_cache = _templates
    engine = kernel_db.db.engine  # statements are kept by dialect, so it takes over that too
    if engine.dialect.name not in _first:
        engine.connect().close()  # only then does a dialect know what its database can do
    first = _first.setdefault(engine.dialect.name, engine)
    engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
    cast("LRUCache[Any, Any]", engine._compiled_cache).capacity = STATEMENTS


def prepare() -> None:
    """Once for a process, before the first application is made."""
    core._default_config["PASSWORD_HASH_PASSLIB_OPTIONS"] = {
        "argon2__time_cost": 1,
        "argon2__memory_cost": 64,
        "argon2__parallelism": 1,
    }
    Rule._compile_builder = _shared_builder  # type: ignore[method-assign]


def _shared_builder(self: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    """What builds a rule's address; the rule itself comes with each call."""
    key = (self.rule, tuple(self._trace), repr(self.defaults), append_unknown)
    if key not in _builders:
        _builders[key] = _compile_builder(self, append_unknown)
    return _builders[key]
