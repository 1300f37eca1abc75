"""The volunteer's forms."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import Length

from events.web.forms import Form


class WithdrawForm(Form):
    """Why somebody withdraws at short notice."""

    reason = TextAreaField(_("Why can you not come?"), [Length(max=300)])
