"""Validators and readings that the organizer's forms share."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms.fields import SelectChoice
from wtforms.validators import Regexp

LANGUAGES = [SelectChoice("zh", "中文"), SelectChoice("en", "English")]

# Shape only: an intranet's names (name@kepu.local) are as good as any.
ADDRESS = Regexp(
    r"^[^@\s<>,;:\"()]{1,64}@[^@\s<>,;:\"()]+$",
    message=_("This is no mail address; write it like name@example.cn."),
)


def number(text: str | None) -> int:
    """A whole number as addresses and hidden fields carry it; -1 when it is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else -1
