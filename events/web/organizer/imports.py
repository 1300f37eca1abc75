"""Importing tables: handing a file in, watching its check, reading the preview, deciding."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Response, flash, render_template, request
from flask_babel import gettext, lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField
from wtforms.validators import InputRequired

from events.access import messages, needs
from events.access.accounts import current_actor
from events.access.language import current as language
from events.campaigns import queries as campaigns
from events.flows.confirm_import import confirm_import
from events.flows.discard_import import discard_import
from events.flows.upload_import import upload_import
from events.identity import policy, queries as identity
from events.identity.actor import Actor
from events.identity.states import Permission
from events.imports import queries, words
from events.imports.states import ImportState, TableKind
from events.kernel import clock
from events.kernel.errors import NotFound, Refused
from events.web.forms import Form, go, unprocessable
from events.web.organizer.blueprint import blueprint
from events.web.organizer.forms import offered

PAGES = {
    TableKind.ORGANIZATIONS: "/organizations",
    TableKind.VENUES: "/venues",
    TableKind.TEAMS: "/teams",
    TableKind.ACTIVITIES: "/campaigns",
}
DECIDED = (ImportState.CONFIRMED, ImportState.DONE, ImportState.DISCARDED)


class UploadForm(Form):
    """A file, for whom it is, and for activities the campaign."""

    file = FileField(_("File"), [FileRequired(_("Choose a CSV or XLSX file."))])
    organization_id = SelectField(_("Organization"), [InputRequired()], coerce=int)
    campaign_id = SelectField(_("Campaign of the activities"), coerce=int)

    @classmethod
    def of(cls, actor: Actor) -> UploadForm:
        """With what `actor` can choose; the highest organization is chosen."""
        form = cls()
        units = queries.organizations(actor)
        home = identity.home(actor, Permission.IMPORT_RUN)
        form.organization_id.choices = offered((one.id, one.name) for one in units)
        form.organization_id.default = home.id
        own = [
            (one.id, one.name)
            for one in campaigns.campaigns(actor)
            if policy.may(actor, Permission.CAMPAIGN_EDIT, one.organization)
        ]
        form.campaign_id.choices = offered([(0, gettext("As the file says")), *own])
        if request.method == "GET":
            form.process()
        return form


@blueprint.get("/imports")
@needs(Permission.IMPORT_RUN)
def imports() -> str:
    """The form to hand a file in, templates, and what was imported."""
    actor = current_actor()
    return render_template("organizer/imports/list.html", **_list(actor, UploadForm.of(actor)))


@blueprint.post("/imports")
@needs(Permission.IMPORT_RUN)
def upload() -> Any:
    """Take the file; the worker checks it."""
    actor = current_actor()
    form = UploadForm.of(actor)
    if not form.validate():
        return unprocessable("organizer/imports/list.html", **_list(actor, form))
    sent = form.file.data
    run_id = upload_import(
        actor,
        clock.now(),
        organization_id=form.organization_id.data,
        campaign_id=form.campaign_id.data or None,
        file_name=sent.filename or "",
        content=sent.read(),
    )
    return go(".import_run", run_id=run_id)


@blueprint.get("/imports/templates/<kind>.csv")
@needs(Permission.IMPORT_RUN)
def import_template(kind: str) -> Response:
    """An empty table with headings in the reader's language, as spreadsheets on Windows read it."""
    from events.imports import tables  # noqa: PLC0415 - large; the worker reads files by it

    if kind not in set(TableKind):
        raise NotFound
    text = io.StringIO()
    csv.writer(text).writerows(tables.template(TableKind(kind), language()))
    answer = Response(b"\xef\xbb\xbf" + text.getvalue().encode(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="kepu-{kind}.csv"'
    return answer


@blueprint.get("/imports/words")
@needs(Permission.IMPORT_RUN)
def import_words() -> str:
    """Every heading that a table may have, and the words that its cells may hold."""
    from events.imports.rows import columns  # noqa: PLC0415 - as above
    from events.imports.tables import needed  # noqa: PLC0415

    speech = language()
    tables = [
        (kind, [(one, needed(kind, one, speech)) for one in columns(kind)]) for kind in TableKind
    ]
    return render_template("organizer/imports/words.html", tables=tables)


@blueprint.get("/imports/<int:run_id>")
@needs(Permission.IMPORT_RUN)
def import_run(run_id: int) -> str:
    """One import: how far it is, what it would do, what is wrong with it."""
    part = "_run" if request.headers.get("HX-Request") else "run"
    return render_template(f"organizer/imports/{part}.html", **_run(run_id))


@blueprint.post("/imports/<int:run_id>/confirm")
@needs(Permission.IMPORT_RUN)
def confirm_run(run_id: int) -> Any:
    """Import what was previewed."""
    try:
        confirm_import(current_actor(), clock.now(), run_id=run_id)
    except Refused as fault:
        return _refused(run_id, fault)
    return go(".import_run", run_id=run_id)


@blueprint.post("/imports/<int:run_id>/discard")
@needs(Permission.IMPORT_RUN)
def discard_run(run_id: int) -> Any:
    """Forget the file."""
    try:
        discard_import(current_actor(), clock.now(), run_id=run_id)
    except Refused as fault:
        return _refused(run_id, fault)
    flash(gettext("The file was discarded; nothing was imported."), "success")
    return go(".imports")


def _refused(run_id: int, fault: Refused) -> Any:
    """A button pressed twice only leads on; anything else is said."""
    facts = _run(run_id)
    if fault.code == "import_state" and facts["preview"].run.state in DECIDED:
        return go(".import_run", run_id=run_id)
    return unprocessable("organizer/imports/run.html", problem=messages.text(fault), **facts)


def _list(actor: Actor, form: UploadForm) -> dict[str, Any]:
    return {"form": form, "runs": queries.runs(actor), "kinds": list(TableKind)}


def _run(run_id: int) -> dict[str, Any]:
    preview = queries.preview(current_actor(), run_id)
    speech = language()
    return {
        "preview": preview,
        "run": preview.run,
        "created": sum(count.created for count in preview.counts),
        "changed": sum(count.changed for count in preview.counts),
        "unchanged": sum(count.unchanged for count in preview.counts),
        "problems": [(one, words.text(one, speech)) for one in preview.problems],
        "page": PAGES.get(preview.run.kind) if preview.run.kind else None,
    }
