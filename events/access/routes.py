"""Who may call a view: each one says so, or the application does not start."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, redirect, request, url_for

from events.access.accounts import current_actor
from events.identity import policy
from events.identity.states import Permission
from events.kernel.errors import Forbidden

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
SIGNED_IN = "signed_in"
LIBRARY = frozenset({"security"})  # the log-in library guards its own views


class Undeclared(Exception):
    """A view says nothing about who may call it."""


def needs(permission: Permission) -> Callable[[View], View]:
    """Only users who have `permission` somewhere; which rows, the query and the flow decide."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: object, **kwargs: object) -> object:
            actor = current_actor()
            if not actor.is_known:
                return to_log_in()
            if not policy.may(actor, permission):
                raise Forbidden(permission)
            return view(*args, **kwargs)

        guarded.declared = permission  # type: ignore[attr-defined]
        return cast("View", guarded)

    return decorate


def signed_in(view: View) -> View:
    """Any user who is logged in."""

    @functools.wraps(view)
    def guarded(*args: object, **kwargs: object) -> object:
        return view(*args, **kwargs) if current_actor().is_known else to_log_in()

    guarded.declared = SIGNED_IN  # type: ignore[attr-defined]
    return cast("View", guarded)


def public(view: View) -> View:
    """Anybody. A view that acts on a secret address checks that address itself."""
    view.declared = PUBLIC  # type: ignore[attr-defined]
    return view


def require_declared(app: Flask) -> None:
    """Stop the start when a view declares nothing. Raises Undeclared naming them all."""
    missing = sorted(
        name
        for name, view in app.view_functions.items()
        if name.split(".", 1)[0] not in LIBRARY and not hasattr(view, "declared")
    )
    if missing:
        msg = f"say @needs, @signed_in or @public for: {', '.join(missing)}"
        raise Undeclared(msg)


def to_log_in() -> object:
    """Send somebody unknown to the log-in page, and back afterwards."""
    here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    answer = redirect(url_for("security.login", next=here))
    if request.headers.get("HX-Request"):
        answer.status_code = 401
        answer.headers["HX-Redirect"] = answer.headers.pop("Location")
    return answer
