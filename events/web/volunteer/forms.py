"""The volunteer's forms."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from events.web.forms import Form


class WithdrawForm(Form):
    """Why somebody withdraws at short notice."""

    reason = TextAreaField(
        _("Why can you not come?"),
        [
            DataRequired(_("A few words are enough: the team has to find somebody in a hurry.")),
            Length(max=300),
        ],
    )
