"""Which language a request is answered in: chosen (cookie), the user's own, the browser's, zh.

A page that everybody reads alike says it in its address instead, and asks nothing of the reader.
"""

from __future__ import annotations

from flask import Flask, g, has_request_context, request
from flask_babel import Babel, refresh

from events.access.accounts import current_actor
from events.config import Settings
from events.identity.actor import NOBODY
from events.kernel import texts

COOKIE = "lang"


def install(app: Flask, settings: Settings) -> None:
    """Give Flask-Babel Kepu's catalogues and the choice below."""
    app.config["BABEL_DEFAULT_LOCALE"] = texts.locale(settings.language)
    app.config["BABEL_DEFAULT_TIMEZONE"] = settings.timezone
    babel = Babel(  # type: ignore[no-untyped-call]
        app, locale_selector=lambda: texts.locale(current(settings.language))
    )
    with app.app_context():
        kept = babel.domain_instance.cache
    for language in texts.LANGUAGES:
        kept[texts.locale(language), "messages"] = texts.catalogue(language)


def current(default: str = "zh") -> str:
    """The language of this request, one of texts.LANGUAGES."""
    if not has_request_context():
        return default
    chosen = g.get("spoken") or texts.known(request.cookies.get(COOKIE))
    if chosen:
        return chosen
    actor = current_actor()
    if actor.is_known:
        return texts.known(actor.language) or default
    return _offered() or default


def speak(language: str) -> None:
    """Answer this request in `language`, one of texts.LANGUAGES, whoever asks."""
    g.spoken = language
    refresh()  # type: ignore[no-untyped-call]


def without_user(default: str = "zh") -> str:
    """The language of this request as far as it is known without a look into the database."""
    kept = g.get("actor", NOBODY)
    chosen = request.cookies.get(COOKIE) or (kept.language if kept.is_known else None)
    return texts.known(chosen) or _offered() or default


def _offered() -> str | None:
    return texts.known(request.accept_languages.best_match(["zh", "zh-CN", "en"]))
