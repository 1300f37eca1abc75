"""Every form of the application, found by walking its addresses as those who may open them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, g
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from events.kernel.links import Links
from tests.cast import Cast
from tests.flows import season
from tests.house.test_matrix import Rows, guarded_rules, logged_in, methods
from tests.web.sheets import Sheet, sheets

NO_FORM = Sheet("", "post")
FORMLESS = ("public.", "feeds.", "assets.")
ROLES = ("mei", "ada", "tao", "lin", "wei", "xu")


@dataclass(frozen=True)
class Found:
    """A form: where its page is, where it is sent, and by whom it was seen."""

    endpoint: str
    page: str
    path: str
    sheet: Sheet
    client: FlaskClient


class Walk:
    """The cast, each logged in, with rows of every kind; no form needs its token."""

    def __init__(self, app: Flask, cast: Cast) -> None:
        app.config["WTF_CSRF_ENABLED"] = False
        app.before_request_funcs.setdefault(None, []).insert(0, _forget)
        self.app = app
        self.rows = Rows(cast)
        self.clients = {who: logged_in(app, who) for who in ROLES}
        self.clients["nobody"] = app.test_client()
        open_request = season.draft(cast, "W001", start=season.saturday(14))
        season.publish(cast, open_request)
        request = season.the_request()
        settings = app.extensions["kepu"]
        links = Links(base_url=settings.base_url, secret=settings.secret_key)
        self.letter = urlsplit(links.answer(request.id, request.nonce)).path
        draft = season.draft(cast, "W002", start=season.saturday(16))
        self.more = [
            self.letter,
            f"/activities/{draft}/edit",
            "/campaigns/new?observance=earth-day",
            "/observances/science-technology-week/2027",
        ]

    def forms(self) -> list[Found]:
        """Each once: of forms with the same fields that go to the same place the first."""
        found: dict[tuple[object, ...], Found] = {}
        for page in self._pages():
            for who in (*ROLES, "nobody"):
                answer = self.clients[who].get(page)
                if answer.status_code == 200 and answer.mimetype == "text/html":
                    for one in self._on(page, answer.text, self.clients[who]):
                        key = (one.endpoint, *{each.name for each in one.sheet.controls})
                        found.setdefault(key, one)
                    break
        return list(found.values())

    def addresses(self) -> list[Found]:
        """Everything that takes what is posted, for each role: without a form of it."""
        return [
            Found(rule.endpoint, "", self.rows.address(self.app, rule), NO_FORM, client)
            for rule in guarded_rules(self.app)
            if "POST" in methods(rule)
            for client in self.clients.values()
        ]

    def _pages(self) -> Iterator[str]:
        for rule in guarded_rules(self.app):
            if "GET" in methods(rule) and not rule.endpoint.startswith(FORMLESS):
                yield self.rows.address(self.app, rule)
        yield from self.more

    def _on(self, page: str, text: str, client: FlaskClient) -> Iterator[Found]:
        for sheet in sheets(text):
            path = sheet.action or page
            endpoint = self.endpoint(path)
            if sheet.method == "post" and endpoint:
                yield Found(endpoint, page, path, sheet, client)

    def endpoint(self, path: str) -> str:
        """Whose view takes what is posted there."""
        adapter = self.app.url_map.bind("localhost")
        try:
            return str(adapter.match(urlsplit(path).path, method="POST")[0])
        except HTTPException:
            return ""


def _forget() -> None:
    """Requests of a test share its application context: the one before must not be remembered."""
    for name in list(g):
        g.pop(name)
