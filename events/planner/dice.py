"""The only chance of the general search: seeded by the caller, handed down as an argument."""

from __future__ import annotations

from random import Random as Dice  # noqa: TID251 - made once, from the caller's seed

__all__ = ["Dice"]
