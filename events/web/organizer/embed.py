"""A campaign in other people's pages: what to paste there, and how it will look."""

from __future__ import annotations

from flask import Response, make_response, render_template, request
from markupsafe import escape

from events.access import needs
from events.access.accounts import current_actor
from events.access.headers import framing
from events.campaigns import queries as campaigns
from events.identity.states import Permission
from events.web.embedding import MOST, Embedding
from events.web.organizer.blueprint import blueprint
from events.web.subscribing import links

HEIGHTS = {"list": 560, "month": 720}


@blueprint.get("/campaigns/<int:campaign_id>/embed")
@needs(Permission.CAMPAIGN_VIEW)
def embedding(campaign_id: int) -> Response:
    """The snippet and its preview, as chosen in the address."""
    row = campaigns.campaign(current_actor(), campaign_id)
    chosen = Embedding.read(request.args)
    path, height = chosen.path(row.slug), HEIGHTS[chosen.view]
    page = render_template(
        "organizer/embed.html",
        campaign=row,
        chosen=chosen,
        path=path,
        snippet=_snippet(links().to(path), row.name, height),
        height=height,
        most=MOST,
    )
    return framing(make_response(page))


def _snippet(address: str, title: str, height: int) -> str:
    """The HTML that somebody pastes."""
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" '
        f'width="100%" height="{height}" loading="lazy" style="border:0"></iframe>'
    )
