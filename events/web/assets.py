"""The pages' scripts, styles and icons, served from the kepu_webui wheel for ever."""

from __future__ import annotations

import kepu_webui
from flask import Blueprint, Flask, Response, request, send_from_directory

from events.access import public

YEAR_S = 365 * 24 * 3600

blueprint = Blueprint("assets", __name__)


def install(app: Flask) -> None:
    """Register the route, and `asset("main.js")` for templates."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["asset"] = address


def address(name: str) -> str:
    """Where a page finds `name` of the manifest. Needs no session and no routing."""
    return f"{request.script_root}/assets/{kepu_webui.manifest()[name]}"


@blueprint.get("/assets/<path:name>")
@public
def file(name: str) -> Response:
    """One file; its name carries the hash of its content, so it never changes."""
    packed = name + ".gz"
    is_packed = request.accept_encodings["gzip"] > 0 and (kepu_webui.DIST / packed).is_file()
    found = send_from_directory(
        kepu_webui.DIST, packed if is_packed else name, max_age=YEAR_S, etag=False
    )
    if is_packed:
        found.mimetype = "text/css" if name.endswith(".css") else "text/javascript"
        found.headers["Content-Encoding"] = "gzip"
    found.vary.add("Accept-Encoding")
    found.cache_control.public = True
    found.cache_control.immutable = True
    return found
