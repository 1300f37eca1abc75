"""Words of volunteers."""

from __future__ import annotations

from enum import StrEnum


class SignupState(StrEnum):
    """Whether a volunteer comes."""

    SIGNED_UP = "SIGNED_UP"
    WITHDRAWN = "WITHDRAWN"
