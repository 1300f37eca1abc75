"""Commands used wrongly: click's refusals as one sentence, in the language of all commands."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

import click
from click.exceptions import NoArgsIsHelpError, NoSuchCommand

from events.kernel.texts import say

MISUSE = 2


def _(message: str) -> str:
    """Mark `message` for translation."""
    return message


NO_FILE = _("%(what)s does not exist, or cannot be read.")
REFUSALS: dict[type[click.UsageError], str] = {
    click.MissingParameter: _("%(what)s is missing."),
    click.NoSuchOption: _("There is no option %(what)s."),
    NoSuchCommand: _("There is no command %(what)s."),
    click.BadOptionUsage: _("%(what)s has no value, or one that it does not take."),
    click.UsageError: _("More is given than the command takes."),
}
WANTED: dict[type[click.ParamType[Any]], str] = {
    click.IntRange: _("%(what)s must be a whole number from %(least)s to %(most)s."),
    click.Choice: _("%(what)s must be one of these: %(choices)s."),
    click.DateTime: _("%(what)s must be a day as YYYY-MM-DD."),
    click.Path: NO_FILE,
    click.File: NO_FILE,
    click.ParamType: _("%(what)s cannot have this value."),
}
WITH_HELP = _("%(sentence)s How to use it: flask --app app %(command)s --help")


@contextlib.contextmanager
def explained(language: str) -> Iterator[None]:
    """Ends the command with one line and status 2 when what was typed cannot be understood."""
    try:
        yield
    except NoArgsIsHelpError:
        raise
    except click.UsageError as fault:
        told = _sentence(fault, language)
        if fault.ctx:
            _, _, command = fault.ctx.command_path.partition(" ")
            told = say(language, WITH_HELP, sentence=told, command=command)
        click.echo(told, err=True)
        sys.exit(MISUSE)


def _sentence(fault: click.UsageError, language: str) -> str:
    kind = _kind(fault)
    template = next(text for one, text in (REFUSALS | WANTED).items() if isinstance(kind, one))
    return say(
        language,
        template,
        what=_what(fault),
        least=getattr(kind, "min", None),
        most=getattr(kind, "max", None),
        choices=", ".join(getattr(kind, "choices", ())),
    )


def _kind(fault: click.UsageError) -> click.UsageError | click.ParamType[Any]:
    """What decides the sentence: of a value that cannot be used, what it should have been."""
    if isinstance(fault, click.MissingParameter) or not isinstance(fault, click.BadParameter):
        return fault
    return fault.param.type if fault.param else fault


def _what(fault: click.UsageError) -> str:
    """The option, argument or command that the refusal is about."""
    if isinstance(fault, click.BadParameter) and fault.param and fault.ctx:
        return fault.param.get_error_hint(fault.ctx).replace("'", "")
    return str(getattr(fault, "option_name", None) or getattr(fault, "command_name", ""))
