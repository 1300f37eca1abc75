"""Two people saved the same form: what only one of them changed is taken, the rest is asked.

A form carries what it was opened with (`base`, hidden, as JSON). Values are compared as a browser
sends them: each field's name with its texts. Fields that belong together are one unit. Start
reading at `store`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectMultipleField,
)
from wtforms.fields import SelectField

from events.journal import queries as journal
from events.journal.models import Change
from events.kernel.errors import Refused
from events.web.forms import Form

Sent = dict[str, list[str]]
Units = Mapping[str, Sequence[str]]
PREFIX = "choose-"
LISTS = ("[]", "{}")


class SharedForm(Form):
    """A form of a row that several people may have open. `opened` gives both fields their value."""

    version = HiddenField()
    base = HiddenField()


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A row that is being edited, as it is now.

    units: what is merged, name -> its fields; scope: its changes in the journal; made: the form
    with what was sent; opened: the form with what is stored, not yet sent; save: raises Refused,
    StaleDataError; words: a unit's label and value for people, where its field does not say them.
    """

    units: Units
    scope: str
    made: Callable[[MultiDict[str, str]], Any]
    opened: Callable[[], Any]
    save: Callable[[Any], None]
    words: Mapping[str, tuple[Any, Callable[[Any], str]]]


@dataclass(frozen=True)
class Difference:
    """A field in which two people who saved at the same time differ."""

    name: str
    label: str
    theirs: str
    mine: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of saving. Without is_saved: `form` is to be shown again, answered with `status`.

    last: the change of somebody else that was met, if any; both are in `form` then, apart from
    the `differences`, which its sender must choose from.
    """

    form: Any
    is_saved: bool = False
    is_merged: bool = False
    last: Change | None = None
    differences: tuple[Difference, ...] = ()

    @property
    def status(self) -> int:
        """409 when somebody else was met, else 422."""
        return 409 if self.is_merged else 422

    @property
    def said(self) -> tuple[str, str]:
        """For flash(): the sentence of a success, and its category."""
        if self.last is None:
            return _("Saved."), "success"
        return _("Saved, together with what %(who)s has changed.", who=self.last.actor_name), "info"

    @property
    def shown(self) -> dict[str, Any]:
        """What a page with organizer/_merge.html needs."""
        return {"differences": self.differences, "last": self.last} if self.is_merged else {}


def store(desk_of: Callable[[], Desk], formdata: MultiDict[str, str]) -> Outcome:
    """Save the form over what it was opened with; what others saved since is kept or asked about.

    desk_of: reads the row anew each time.
    """
    desk = desk_of()
    form = desk.made(chosen(formdata, desk.units))
    try:
        if form.validate():
            desk.save(form)
            return Outcome(form=form, is_saved=True)
    except Refused as fault:
        form.refuse(fault)
    except StaleDataError:
        return _merged(desk_of(), form, formdata)
    return Outcome(form=form)


def opened(form: Any, units: Units, version: int) -> Any:
    """`form`, not yet sent, with its hidden fields."""
    names = [name for unit in units.values() for name in unit]
    form.version.data, form.base.data = str(version), written(sent(form, names))
    return form


def _merged(desk: Desk, sent_form: Any, formdata: MultiDict[str, str]) -> Outcome:
    """Save both people's changes together; where both changed the same, both are shown."""
    theirs = desk.opened()
    names = [name for unit in desk.units.values() for name in unit]
    found = merge(
        desk.units,
        base=read(sent_form.base.data),
        theirs=read(theirs.base.data),
        mine=sent(sent_form, names),
    )
    values = formdata.copy()
    fill(values, found.values)
    for name in ("version", "base"):
        values[name] = str(theirs[name].data)
    form, last = desk.made(values), journal.last(desk.scope)
    if not found.conflicts and form.validate():
        try:
            desk.save(form)
            return Outcome(form=form, is_saved=True, last=last)
        except Refused as fault:
            form.refuse(fault)
        except StaleDataError:
            pass  # a third person: the next save is merged with that
    differences = tuple(_difference(desk, unit, theirs, form) for unit in found.conflicts)
    return Outcome(form=form, is_merged=True, last=last, differences=differences)


def _difference(desk: Desk, unit: str, theirs: Any, mine: Any) -> Difference:
    if unit in desk.words:
        label, words = desk.words[unit]
        return Difference(unit, str(label), words(theirs), words(mine))
    label = theirs[unit].label.text
    return Difference(unit, str(label), said(theirs[unit]), said(mine[unit]))


@dataclass(frozen=True, kw_only=True)
class Merge:
    """values: of every field, the sender's own where `conflicts` are; taken: units of others."""

    values: Sent
    conflicts: tuple[str, ...]
    taken: tuple[str, ...]


def sent(form: Iterable[Field], names: Iterable[str]) -> Sent:
    """The named fields as a browser would send them.

    "dates[]" names the fields of a list, "targets{}" the forms of one: each is one text, as JSON.
    """
    fields = {field.short_name: field for field in form}
    return {name: _texts(fields[_plain(name)]) for name in names}


def merge(units: Units, *, base: Sent, theirs: Sent, mine: Sent) -> Merge:
    """Unit by unit (name -> its fields): whoever changed it is right; both: a conflict.

    Without a base, everything that differs is a conflict.
    """
    values, conflicts, taken = dict(mine), [], []
    for unit, names in units.items():
        was, new, own = ([each.get(name) for name in names] for each in (base, theirs, mine))
        if new == own:
            continue
        if own == was:
            values |= {name: theirs[name] for name in names}
            taken.append(unit)
        elif new != was:
            conflicts.append(unit)
    return Merge(values=values, conflicts=tuple(conflicts), taken=tuple(taken))


def chosen(formdata: MultiDict[str, str], units: Units) -> MultiDict[str, str]:
    """What was sent, with the others' values for every unit where the sender chose theirs."""
    theirs, found = read(formdata.get("base")), formdata.copy()
    for unit, names in units.items():
        if formdata.get(PREFIX + unit) == "theirs":
            fill(found, {name: theirs[name] for name in names if name in theirs})
    return found


def fill(formdata: MultiDict[str, str], values: Sent) -> None:
    """Put `values` in place of what `formdata` says of their fields."""
    for name, texts in values.items():
        for key in _keys(formdata, name):
            formdata.poplist(key)
        if name.endswith("[]"):
            for number, text in enumerate(texts):
                formdata.add(f"{_plain(name)}-{number}", text)
        elif name.endswith("{}"):
            for number, text in enumerate(texts):
                for each, found in read(text).items():
                    formdata.setlist(f"{_plain(name)}-{number}-{each}", found)
        else:
            formdata.setlist(name, texts)


def part(formdata: MultiDict[str, str], names: Iterable[str]) -> list[tuple[str, str]]:
    """What was sent of the named fields, for hidden ones of another form."""
    keys = [key for name in names for key in _keys(formdata, name)]
    return [(key, value) for key in keys for value in formdata.getlist(key)]


def written(values: Sent) -> str:
    """For the hidden field."""
    return json.dumps(values, ensure_ascii=False)


def read(text: str | None) -> Sent:
    """From the hidden field; empty when somebody has been at it."""
    try:
        found = json.loads(text or "{}")
        json.dumps(found, ensure_ascii=False).encode()  # half a sign (\\ud800) cannot be shown
    except (ValueError, RecursionError):
        return {}
    is_sent = isinstance(found, dict) and all(
        isinstance(each, list) and all(isinstance(part, str) for part in each)
        for each in found.values()
    )
    return found if is_sent else {}


def said(field: Field) -> str:
    """A field's value for people: the labels of what is chosen."""
    if isinstance(field, SelectMultipleField | SelectField):
        found = [choice.label for choice in _choices(field) if str(choice.value) in _texts(field)]
        return "、".join(map(str, found))
    if isinstance(field, FormField):
        return " ".join(filter(None, map(said, field)))
    if isinstance(field, FieldList):
        return "、".join(said(each) for each in field if _texts(each))
    return "、".join(_texts(field))


def _choices(field: Any) -> list[Any]:
    return list(field.choices or ())


def _texts(field: Field) -> list[str]:
    if isinstance(field, FieldList):
        return [text for each in field for text in _texts(each)]
    if isinstance(field, FormField):
        return _row(field)
    if isinstance(field, BooleanField):
        return ["y"] if field.data else []
    if isinstance(field, SelectMultipleField):
        return sorted(str(each) for each in field.data or ())
    if isinstance(field, SelectField):
        return _choice(field)
    return [text for text in [str(field._value())] if text]  # type: ignore[attr-defined]  # noqa: SLF001


def _choice(field: SelectField) -> list[str]:
    value = field.data
    if value is None and isinstance(field, RadioField):
        return []
    if value is None:
        value = next((choice.value for choice in _choices(field)), "")  # as a browser shows it
    return ["" if value is None else str(getattr(value, "value", value))]


def _row(field: Any) -> list[str]:
    """A form in a list; none while nothing was typed in it."""
    values = {each.short_name: _texts(each) for each in field}
    is_given = any(values[each.short_name] for each in field if not isinstance(each, SelectField))
    return [written(values)] if is_given else []


def _keys(formdata: MultiDict[str, str], name: str) -> list[str]:
    start = f"{_plain(name)}-"
    is_list = name.endswith(LISTS)
    return [key for key in formdata if key == name or (is_list and key.startswith(start))]


def _plain(name: str) -> str:
    return name[:-2] if name.endswith(LISTS) else name
