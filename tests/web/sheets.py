"""A page's forms as a browser without JavaScript reads and sends them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from werkzeug.datastructures import MultiDict

SILENT = {"submit", "button", "image", "reset"}
TICKED = {"checkbox", "radio"}
Attrs = dict[str, str | None]


@dataclass
class Control:
    """One field as it stands: value None when it sends nothing (not ticked, a file).

    offers: what a select, tick or radio would send; limit: how many signs may be typed.
    """

    name: str
    kind: str
    value: str | None
    offers: list[str] = field(default_factory=list)
    limit: int = 0


@dataclass
class Sheet:
    """One form. action: "" when it is sent to the page's own address."""

    action: str
    method: str
    controls: list[Control] = field(default_factory=list)

    @property
    def sent(self) -> MultiDict[str, str]:
        """What pressing its button sends, apart from the token and the button itself."""
        pairs = [(each.name, each.value) for each in self.controls if each.value is not None]
        return MultiDict([(name, value) for name, value in pairs if name != "csrf_token"])

    @property
    def token(self) -> dict[str, str]:
        """What proves that the form came from a page of this session."""
        found = {each.name: each.value for each in self.controls}
        return {"csrf_token": found["csrf_token"] or ""}

    def changed(self, **values: str | list[str]) -> MultiDict[str, str]:
        """`sent` with other values typed."""
        sent = self.sent
        for name, value in values.items():
            sent.setlist(name, value if isinstance(value, list) else [value])
        return sent


def sheets(page: str) -> list[Sheet]:
    """All forms of a page, in order."""
    reader = _Reader()
    reader.feed(page)
    return reader.found


def sheet_with(page: str, name: str) -> Sheet:
    """The form that has a field of that name."""
    return next(one for one in sheets(page) if any(each.name == name for each in one.controls))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Sheet] = []
        self._open: Sheet | None = None
        self._select: tuple[str, bool, list[tuple[str, bool]]] | None = None
        self._textarea: str | None = None
        self._text: list[str] = []
        self._limit = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about: Attrs = dict(attrs)
        if tag == "form":
            self._open = Sheet(about.get("action") or "", (about.get("method") or "get").lower())
            self.found.append(self._open)
        if self._open is None or "disabled" in about:
            return
        name = about.get("name") or ""
        if tag == "input" and name:
            self._input(name, about)
        elif tag == "select":
            self._select = (name, "multiple" in about, [])
        elif tag == "option" and self._select:
            self._select[2].append((about.get("value") or "", "selected" in about))
        elif tag == "textarea":
            self._textarea, self._text = name, []
            self._limit = int(about.get("maxlength") or 0)

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif self._open is None:
            return
        elif tag == "textarea" and self._textarea is not None:
            text = "".join(self._text).removeprefix("\r").removeprefix("\n")
            self._add(self._textarea, "textarea", text, limit=self._limit)
            self._textarea = None
        elif tag == "select" and self._select:
            self._close_select(*self._select)
            self._select = None

    def _close_select(self, name: str, is_multiple: bool, options: list[tuple[str, bool]]) -> None:
        chosen: list[str | None] = [value for value, is_chosen in options if is_chosen]
        if not is_multiple:
            chosen = chosen[-1:] or [value for value, _ in options[:1]]
        offers = [value for value, _ in options]
        for value in chosen or [None]:
            self._add(name, "select", value, offers)

    def _input(self, name: str, about: Attrs) -> None:
        kind = (about.get("type") or "text").lower()
        value = about.get("value") or ""
        if kind in TICKED:
            value = about.get("value") or "on"
            self._add(name, kind, value if "checked" in about else None, [value])
        elif kind == "file":
            self._add(name, kind, None)
        elif kind not in SILENT:
            kind = "hidden" if "readonly" in about else kind
            self._add(name, kind, value, limit=int(about.get("maxlength") or 0))

    def _add(
        self,
        name: str,
        kind: str,
        value: str | None,
        offers: list[str] | None = None,
        limit: int = 0,
    ) -> None:
        if self._open is not None and name:
            self._open.controls.append(Control(name, kind, value, offers or [], limit))
