"""What all forms share: full-width digits and stray spaces made plain, refusals at their field."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import FileField, HiddenField, StringField, TextAreaField

from events.access import messages
from events.kernel.errors import Refused


class Form(FlaskForm):
    """The base of every form: CSRF on, texts normalized."""

    class Meta(FlaskForm.Meta):
        """How fields are bound."""

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            """Give every text field the filter below."""
            if issubclass(unbound_field.field_class, StringField):
                filters = list(unbound_field.kwargs.get("filters", ()))
                is_long = issubclass(unbound_field.field_class, TextAreaField)
                filters.append(tidy_text if is_long else tidy)
                options["filters"] = filters
            return super().bind_field(form, unbound_field, options)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was sent: files only where one is asked for, and no JSON."""
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            if request.method != "POST":
                return None
            asked = {field.name for field in form if isinstance(field, FileField)}
            files = [(name, one) for name, one in request.files.items(multi=True) if name in asked]
            return CombinedMultiDict([MultiDict(files), request.form]) if files else request.form

    def validate(self, extra_validators: Any = None) -> bool:
        """Shape; what is wrong with a field that nobody sees is said on top."""
        is_right: bool = super().validate(extra_validators)
        for field in self:
            if isinstance(field, HiddenField) and field.errors:
                self.form_errors += field.errors
                field.errors = ()
        return is_right

    def refuse(self, fault: Refused) -> None:
        """Show a refusal at the field it concerns, or on top of the form."""
        field = self._fields.get(fault.field or "")
        text = messages.text(fault)
        if field is None:
            self.form_errors.append(text)
        else:
            field.errors = [*field.errors, text]


class KeyField(HiddenField):
    """A word that the form was opened with, so that sent twice it counts once.

    made: a new one; what comes back is at most `longest` letters, digits, "-" and "_".
    """

    def __init__(self, *, made: Callable[[], str], longest: int, **options: Any) -> None:
        super().__init__(**options)
        self._made, self._shape = made, re.compile(rf"[A-Za-z0-9_-]{{0,{longest}}}")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it; one that was tampered with is made anew. Raises ValueError."""
        self.data = valuelist[0] if valuelist else ""
        if not self._shape.fullmatch(self.data):
            self.data = self._made()
            raise ValueError(_("A hidden part of this form was damaged. It is mended: send again."))


def new_uid() -> str:
    """What identifies a series for good."""
    return str(uuid.uuid4())


def tidy(text: Any) -> Any:
    """One line: full-width letters and digits as plain ones, no spaces around."""
    if not isinstance(text, str):
        return text  # what the form was opened with, or a field that splits its text
    return "".join(_plain(sign) for sign in text).strip()


def tidy_text(text: Any) -> Any:
    """Several lines: line ends as line feeds, no spaces around."""
    return text if not isinstance(text, str) else text.replace("\r\n", "\n").strip()


def see(path: str) -> Response:
    """After a POST: 303 to a path of this site."""
    return redirect(path, 303)  # type: ignore[return-value]


def own_path(path: str, otherwise: str = "/") -> str:
    """`path` when it stays on this site."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\"))
    is_plain = all(ord(sign) >= 32 for sign in path)
    return path if is_own and is_plain and not urlsplit(path).netloc else otherwise


def go(endpoint: str, **values: Any) -> Response:
    """After a POST: 303 to `endpoint`."""
    return see(url_for(endpoint, **values))


def unprocessable(template: str, **context: Any) -> tuple[str, int]:
    """The page again, 422, with what was sent and what is wrong with it."""
    return render_template(template, **context), 422


def _plain(sign: str) -> str:
    """Full-width digits and Latin letters as plain ones; Chinese punctuation stays."""
    is_full_width = "０" <= sign <= "９" or "Ａ" <= sign <= "Ｚ" or "ａ" <= sign <= "ｚ"
    if is_full_width or sign in "　＠．－＋：＿":
        return unicodedata.normalize("NFKC", sign)
    return sign
