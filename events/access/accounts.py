"""Log-in, reset and sessions, by Flask-Security; its user is identity's user."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, request, url_for
from flask_security import (
    MailUtil,
    RoleMixin,
    Security,
    SQLAlchemyUserDatastore,
    UserMixin,
    current_user,
)

from events.config import Settings
from events.identity.actor import NOBODY, Actor
from events.identity.models import User
from events.identity.queries import actor_of
from events.kernel import clock, db as kernel_db
from events.notices import services as notices


class Account(UserMixin, User):  # type: ignore[misc]
    """A user as the log-in library wants it: the same row, with its methods."""

    @property
    def roles(self) -> list[Any]:  # type: ignore[override]
        """None: what a user may do stands in grants, not in the library's roles."""
        return []


class _NoRole(RoleMixin):
    """The library asks for a role model; Kepu has grants instead."""


class _Datastore(SQLAlchemyUserDatastore):
    """The library's way to users; committing stays in kernel/db.py."""

    def commit(self) -> None:
        kernel_db.commit_login()


class _Mails(MailUtil):
    """The library's mails go out as notices; their links begin with the configured address."""

    def send_mail(self, *_texts: object, **facts: Any) -> None:
        """Mail the link of a reset; the library sends nothing else here."""
        path = url_for("security.reset_password", token=facts["reset_token"])
        settings: Settings = current_app.extensions["kepu"]
        link = settings.base_url + path
        notices.send_password_reset(facts["user"], link, clock.now())
        kernel_db.commit_login()


def install(app: Flask, settings: Settings) -> None:
    """Add log-in, log-out and password reset under /account."""
    app.config.update(
        SECURITY_URL_PREFIX="/account",
        SECURITY_PASSWORD_SALT=settings.secret_key,
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of an algorithm
        SECURITY_PASSWORD_SCHEMES=["argon2"],  # the others are slow to load, and no hash is theirs
        SECURITY_RECOVERABLE=True,
        SECURITY_CHANGEABLE=True,
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_SEND_PASSWORD_CHANGE_EMAIL=False,
        SECURITY_SEND_PASSWORD_RESET_NOTICE_EMAIL=False,
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_AUTO_LOGIN_AFTER_RESET=False,
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/",
        SECURITY_REDIRECT_VALIDATE_MODE=["absolute"],
        SECURITY_LOGIN_USER_TEMPLATE="account/login.html",
        SECURITY_FORGOT_PASSWORD_TEMPLATE="account/forgot.html",  # noqa: S106
        SECURITY_RESET_PASSWORD_TEMPLATE="account/reset.html",  # noqa: S106
        SECURITY_CHANGE_PASSWORD_TEMPLATE="account/change.html",  # noqa: S106
        SECURITY_PASSWORD_LENGTH_MIN=8,
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False, "test_environment": True},
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_CLI_USERS_NAME=False,  # its commands would write past grants and flows
        SECURITY_CLI_ROLES_NAME=False,
    )
    Security(app, _Datastore(kernel_db.db, Account, _NoRole), mail_util_cls=_Mails)
    app.before_request(_require_readable_next)
    app.before_request(_open_for_log_in)


def current_actor() -> Actor:
    """Who is asking in this request."""
    user = current_user._get_current_object()  # noqa: SLF001 - a proxy's only way
    if not isinstance(user, Account):
        return NOBODY
    if "actor" not in g:
        g.actor = actor_of(user)
    kept: Actor = g.actor
    return kept


def _require_readable_next() -> None:
    """The log-in library fails at an address that cannot be taken apart."""
    if request.blueprint == "security":
        try:
            urlsplit(request.values.get("next", ""))
        except ValueError:
            abort(400)


def _open_for_log_in() -> None:
    """The log-in library writes in its own request, not through flows."""
    if request.blueprint == "security" and request.method == "POST":
        kernel_db.open_login()
