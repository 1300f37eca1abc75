"""How a refusal is shown: a page with what happened and what to do, never a trace."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from flask import Flask, current_app, request
from flask_babel import force_locale, gettext as _
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from events.access import language, messages
from events.kernel import db as kernel_db, texts
from events.kernel.errors import Forbidden, NotFound, Refused

log = logging.getLogger("kepu")


def install(app: Flask) -> None:
    """Register the handlers, and refuse what no text may hold."""
    app.before_request(_without_nul)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(NotFound, lambda _fault: _page(404))
    app.register_error_handler(Forbidden, lambda _fault: _page(403))
    app.register_error_handler(StaleDataError, lambda _fault: _page(409, _stale()))
    app.register_error_handler(IntegrityError, _clash)
    app.register_error_handler(DataError, _unstorable)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(ProgrammingError, _misread)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _without_nul() -> tuple[str, int] | None:
    """A NUL stands in no text that a person types; PostgreSQL stores none."""
    sent = (*request.args.lists(), *request.form.lists())
    if any("\x00" in text for name, values in sent for text in (name, *values)):
        return _page(400, about="nul")
    return None


def _refused(fault: Refused) -> tuple[str, int]:
    return _page(409, messages.text(fault))


def _http(fault: HTTPException) -> Any:
    if fault.code is None or fault.code < 400 or fault.response is not None:
        return fault
    body, code = _page(fault.code)
    headers = {k: v for k, v in fault.get_headers() if k in {"Allow", "Retry-After"}}
    return body, code, headers


def _clash(fault: IntegrityError) -> tuple[str, int]:
    """Two at the same time, or a form with another's hidden values: nothing was written."""
    log.warning("refused by the database at %s: %s", request.path, fault.orig)
    return _page(409, _stale())


def _unstorable(fault: DataError) -> tuple[str, int]:
    """A text that is longer than its column, or holds what no text may: nothing was written."""
    log.warning("not storable at %s: %s", request.path, fault.orig)
    return _page(400)


def _unavailable(fault: OperationalError) -> Any:
    if "no such" in str(fault.orig) and kernel_db.is_behind():  # SQLite: table, column
        return _behind()
    log.error("database unavailable at %s: %s", request.path, fault.orig)
    body, code = _page(503)
    return body, code, {"Retry-After": "5"}


def _misread(fault: ProgrammingError) -> tuple[str, int]:
    """PostgreSQL knows no such table or column, most likely because nobody has migrated."""
    return _behind() if kernel_db.is_behind() else _unexpected(fault)


def _behind() -> tuple[str, int]:
    log.error("the database lacks this version's schema; run: flask --app app db upgrade")
    return _page(503, about="schema")


def _unexpected(fault: Exception) -> tuple[str, int]:
    number = secrets.token_hex(4)
    where = f"{request.method} {request.path}"
    log.error("request %s failed at %s", number, where, exc_info=fault)
    return _page(500, _("The error is on our side; its number is %(number)s.", number=number))


def _stale() -> str:
    return _("Somebody else has saved this in the meantime. Open it again and repeat your change.")


def _page(code: int, text: str = "", about: str = "") -> tuple[str, int]:
    """The page, without context processors and without asking who is there: no database.

    about: which title and advice; else those of the code.
    """
    chosen = language.without_user()
    with force_locale(texts.locale(chosen)):
        template = current_app.jinja_env.get_template("errors/page.html")
        return template.render(
            code=code, text=text, about=about or code, lang_tag=texts.tag(chosen)
        ), code
