"""Commands of operators: flask --app app ... Each a few lines over flows and queries."""

from __future__ import annotations

from flask import Flask


def install(app: Flask) -> None:
    """Register the commands."""
