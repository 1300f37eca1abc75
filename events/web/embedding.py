"""What somebody's page may show of a campaign, as the address of the frame says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from events.kernel import texts

VIEWS = ("list", "month")
THEMES = ("light", "dark")
MOST = 100
USUAL = 20


@dataclass(frozen=True, kw_only=True)
class Embedding:
    """One choice. theme: "" follows the reader's system; language: "" is the installation's."""

    view: str = "list"
    language: str = ""
    theme: str = ""
    limit: int = USUAL

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Embedding:
        """From the query of an address; what makes no sense is left out."""
        limit = args.get("limit", "")
        number = int(limit) if limit.isascii() and limit.isdigit() and len(limit) < 5 else USUAL
        return cls(
            view="month" if args.get("view") == "month" else "list",
            language=texts.known(args.get("lang")) or "",
            theme=args.get("theme", "") if args.get("theme") in THEMES else "",
            limit=min(max(number, 1), MOST),
        )

    def path(self, slug: str, **more: str) -> str:
        """The frame's address of the campaign at `slug`."""
        said = {
            "view": self.view,
            "lang": self.language,
            "theme": self.theme,
            "limit": "" if self.limit == USUAL else str(self.limit),
            **more,
        }
        return f"/embed/{slug}?{urlencode({name: v for name, v in said.items() if v})}"
