"""Kepu: create_app(), the only place where all parts meet."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from werkzeug.middleware.proxy_fix import ProxyFix

from events import access, cli, tables, web
from events.config import ROOT, Misconfigured, Settings
from events.feeds import reach
from events.journal import services as journal
from events.kernel import db as kernel_db
from events.web.routing import LateRule

CONNECT_TIMEOUT_S = 10


def create_app(settings: Settings | None = None) -> Flask:
    """The application. settings: by default from the environment. Raises Misconfigured."""
    settings = settings or Settings.from_environment()
    app = Flask("events", template_folder=str(ROOT / "templates"), static_folder=None)
    app.url_rule_class = LateRule  # before any part registers a route
    app.config.update(_flask_config(settings))
    app.extensions["kepu"] = settings
    app.extensions["kepu.tables"] = tables.MODULES
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    kernel_db.db.init_app(app)
    with app.app_context():
        kernel_db.prepare(kernel_db.db.engine)
    journal.widen(reach.wider)
    access.install(app, settings)
    web.install(app, settings)
    access.limit(app, settings)
    cli.install(app)
    access.require_declared(app)
    return app


def _flask_config(settings: Settings) -> dict[str, object]:
    secure = settings.base_url.startswith("https://")
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings),
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SECURE": secure,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_HTTPONLY": True,
        "PERMANENT_SESSION_LIFETIME": 12 * 3600,
        "MAX_CONTENT_LENGTH": settings.import_max_bytes + 64 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "TESTING": settings.testing,
        "TEMPLATES_AUTO_RELOAD": False,
    }


def _engine_options(settings: Settings) -> dict[str, object]:
    if settings.is_sqlite:
        return {"connect_args": {"timeout": 15}}
    is_chosen = "connect_timeout" in _database(settings).query
    return {
        "pool_pre_ping": True,
        "pool_size": settings.web_threads + 2,
        "connect_args": {} if is_chosen else {"connect_timeout": CONNECT_TIMEOUT_S},
    }


def _database(settings: Settings) -> URL:
    try:
        return make_url(settings.database_url)
    except (ArgumentError, ValueError) as fault:
        msg = (
            "DATABASE_URL cannot be read: give postgresql://USER:PASSWORD@HOST:PORT/NAME, "
            "with signs such as @ : / in the password as %40 %3A %2F."
        )
        raise Misconfigured(msg) from fault
