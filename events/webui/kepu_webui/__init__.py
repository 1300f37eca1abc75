"""The pages' libraries, built and ready to serve.

`DIST` is the folder to serve under a far-future cache header: every name but manifest.json and
LICENSES.txt carries the hash of its content. Beside each text file lies a `.gz` twin.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import cast

DIST = Path(__file__).parent / "dist"


@functools.cache
def manifest() -> dict[str, str]:
    """Names as the templates say them to names in DIST: {"main.js": "main-4AF3CX2Q.js", ...}."""
    return cast("dict[str, str]", json.loads((DIST / "manifest.json").read_text("utf-8")))
