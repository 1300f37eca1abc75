from __future__ import annotations

from pathlib import Path

import pytest
from flask_security import core, hash_password

from events import create_app
from tests import databases


def test_passwords_are_hashed_slowly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As without tests, which hash weakly to be quick: 64 MB, three times over."""
    monkeypatch.setitem(core._default_config, "PASSWORD_HASH_PASSLIB_OPTIONS", {})
    app = create_app(databases.settings(tmp_path, f"sqlite:///{tmp_path}/kepu.db"))
    with app.app_context():
        assert hash_password("a word").startswith("$argon2id$v=19$m=65536,t=3,p=4$")
