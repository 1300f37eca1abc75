"""The blueprint that this audience's views register on."""

from __future__ import annotations

from flask import Blueprint

EMBED = "/embed/"  # below it everybody is answered alike

blueprint = Blueprint("public", __name__)
