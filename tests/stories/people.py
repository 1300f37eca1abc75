"""People at their browsers, without a browser: cookies, forms, and patience while servers die."""

from __future__ import annotations

import http.client
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html import unescape
from http.cookiejar import CookieJar
from uuid import uuid4

from tests.cast import PASSWORD

PATIENCE_S = 600  # of a busy machine
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')


@dataclass
class Answer:
    """What came back at the end of all redirects."""

    status: int
    url: str
    text: str

    def hidden(self, name: str) -> str:
        """The value of a hidden field."""
        for tag in HIDDEN.findall(self.text):
            if f'name="{name}"' in tag and (value := re.search(r'value="([^"]*)"', tag)):
                return unescape(value[1])
        raise LookupError(f"no hidden field {name} in {self.url}")


@dataclass
class Person:
    """Somebody who tries again until the server answers; every act may be done twice."""

    base: str
    jar: CookieJar = field(default_factory=CookieJar)

    def __post_init__(self) -> None:
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._asked(lambda: urllib.request.Request(self._at(path)))

    def post(self, path: str, *, page: str, **values: str) -> Answer:
        """Fill the form on `page` and send it to `path`; the token is read anew each time."""

        def request() -> urllib.request.Request:
            told = {"csrf_token": self._token(page), **values}
            body = urllib.parse.urlencode(told).encode()
            return urllib.request.Request(self._at(path), data=body)

        return self._asked(request)

    def upload(self, path: str, *, page: str, file: tuple[str, bytes], **values: str) -> Answer:
        """Hand a file in."""
        boundary = uuid4().hex

        def request() -> urllib.request.Request:
            told = {"csrf_token": self._token(page), **values}
            body = _multipart(boundary, told, file)
            kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
            return urllib.request.Request(self._at(path), data=body, headers=kind)

        return self._asked(request)

    def log_in(self, email: str) -> None:
        """Log in."""
        page = "/account/login"
        answer = self.post(page, page=page, email=email, password=PASSWORD)
        assert "/account/login" not in answer.url, answer.text

    def _token(self, page: str) -> str:
        found = TOKEN.search(self.get(page).text)
        return found[1] if found else ""

    def _at(self, path: str) -> str:
        return path if path.startswith("http") else self.base + path

    def _asked(self, request) -> Answer:  # type: ignore[no-untyped-def] # noqa: ANN001 - a callable
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                with self.opener.open(request(), timeout=120) as got:
                    return Answer(got.status, got.url, got.read().decode())
            except urllib.error.HTTPError as fault:
                with fault:
                    answer = Answer(fault.code, fault.url, fault.read().decode())
                if answer.status not in (400, 429, 502, 503):
                    return answer
            except (urllib.error.URLError, http.client.HTTPException, OSError):
                pass
            assert time.monotonic() < until, "the server did not come back"
            time.sleep(0.1)


def _multipart(boundary: str, values: dict[str, str], file: tuple[str, bytes]) -> bytes:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in values.items()
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{file[0]}"\r\n'
        "Content-Type: text/csv\r\n\r\n"
    )
    return "".join([*parts, head]).encode() + file[1] + f"\r\n--{boundary}--\r\n".encode()
