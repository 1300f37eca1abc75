"""The blueprint that this audience's views register on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("public", __name__)
