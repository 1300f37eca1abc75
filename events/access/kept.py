"""What somebody typed is not lost because they were logged out, or the page was open for too long.

Every form says who it was made for (`stamp`, signed). Sent by anybody else - most often by nobody,
for the session is over - nothing is done; the answer is a page that keeps what was typed, to be
sent again after logging in. A stranger's page cannot use that: it has no stamp of its victim's.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, current_app, render_template, request
from flask_wtf.csrf import CSRFError
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.exceptions import HTTPException

from events.access.accounts import current_actor

FIELD = "made_for"
SECRET = re.compile("password|passwd|secret|token", re.IGNORECASE)
TECHNICAL = {FIELD, "base", "days", "next", "seen", "slug", "uid", "version"}
MOST_SHOWN = 60


def install(app: Flask) -> None:
    """Give forms their stamp, and look at it before anything else."""
    app.jinja_env.globals["form_stamp"] = stamp
    app.before_request(_require_same_person)
    app.register_error_handler(CSRFError, lambda _fault: _page(400))


def stamp() -> str:
    """For the hidden field of a form: who is asking for it now, signed."""
    return str(_signer().dumps(current_actor().user_id))


def _require_same_person() -> Any:
    made_for = request.form.get(FIELD)
    if made_for is None or request.url_rule is None:
        return None
    user_id, is_known = _read(made_for)
    return None if is_known and user_id == current_actor().user_id else _page(409)


def _page(code: int) -> tuple[str, int]:
    made_for, is_known = _read(request.form.get(FIELD, ""))
    needs_log_in = made_for != current_actor().user_id
    if "HX-Request" in request.headers:
        return render_template("errors/_kept.html", needs_log_in=needs_log_in), code
    is_ours = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    fields = list(_fields()) if is_known and is_ours else []
    return render_template(
        "errors/kept.html",
        fields=fields,
        typed=[value for name, value in fields if _is_worth_reading(name, value)][:MOST_SHOWN],
        files=[one.filename for one in request.files.values() if one.filename] if fields else [],
        needs_log_in=needs_log_in,
        way_back=_way_back(),
    ), code


def _read(made_for: str) -> tuple[int | None, bool]:
    """The user's id, and whether the signature is ours."""
    try:
        return _signer().loads(made_for), True
    except BadData:
        return None, False


def _fields() -> Any:
    """All that was sent, apart from the token and whatever is secret."""
    for name, values in request.form.lists():
        if not SECRET.search(name):
            yield from ((name, value) for value in values)


def _is_worth_reading(name: str, value: str) -> bool:
    """Sentences and names, not the words of choices."""
    return name not in TECHNICAL and (len(value) > 24 or " " in value or not value.isascii())


def _way_back() -> str:
    """Where the form can be opened anew; empty when its address only takes what is sent."""
    try:
        current_app.create_url_adapter(request).match(method="GET")  # type: ignore[union-attr]
    except HTTPException:
        return ""
    return request.path


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="kepu-form")
