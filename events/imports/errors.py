"""Why a command cannot even begin; its text is one clear line."""

from __future__ import annotations


class Unusable(Exception):
    """The paths or options of an import cannot be used."""
