"""Two people saved the same form: what only one of them changed is taken, the rest is asked.

A form carries what it was opened with (`base`, hidden, as JSON). Values are compared as a browser
sends them: each field's name with its texts. Fields that belong together are one unit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, FieldList, RadioField, SelectMultipleField
from wtforms.fields import SelectField

Sent = dict[str, list[str]]
Units = Mapping[str, Sequence[str]]
PREFIX = "choose-"


@dataclass(frozen=True, kw_only=True)
class Merge:
    """values: of every field, the sender's own where `conflicts` are; taken: units of others."""

    values: Sent
    conflicts: tuple[str, ...]
    taken: tuple[str, ...]


def sent(form: Iterable[Field], names: Iterable[str]) -> Sent:
    """The named fields as a browser would send them; "dates[]" names the fields of a list."""
    fields = {field.short_name: field for field in form}
    return {name: _texts(fields[name.removesuffix("[]")]) for name in names}


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
        for key in [each for each in formdata if each == name or _is_part(each, name)]:
            formdata.poplist(key)
        if name.endswith("[]"):
            for number, text in enumerate(texts):
                formdata.add(f"{name[:-2]}-{number}", text)
        else:
            formdata.setlist(name, texts)


def written(values: Sent) -> str:
    """For the hidden field."""
    return json.dumps(values, ensure_ascii=False)


def read(text: str | None) -> Sent:
    """From the hidden field; empty when somebody has been at it."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
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
    return "、".join(_texts(field))


def _choices(field: Any) -> list[Any]:
    return list(field.choices or ())


def _texts(field: Field) -> list[str]:
    if isinstance(field, FieldList):
        return [text for each in field for text in _texts(each)]
    if isinstance(field, BooleanField):
        return ["y"] if field.data else []
    if isinstance(field, SelectMultipleField):
        return sorted(str(each) for each in field.data or ())
    if isinstance(field, SelectField):
        value = field.data
        if value is None and not isinstance(field, RadioField):
            value = next((choice.value for choice in _choices(field)), "")  # as a browser shows it
        return [] if value in (None, "") else [str(getattr(value, "value", value))]
    return [text for text in [str(field._value())] if text]  # type: ignore[attr-defined]  # noqa: SLF001


def _is_part(key: str, name: str) -> bool:
    return name.endswith("[]") and key.startswith(f"{name[:-2]}-")
