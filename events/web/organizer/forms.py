"""Forms of campaigns, activities and sessions: shape only; what they mean, the flows decide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext, lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    Field,
    FieldList,
    Form as PlainForm,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    widgets,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from events import observances
from events.campaigns.states import Measure, Mode
from events.kernel.links import new_slug
from events.schedule.states import DayChoice
from events.web.forms import Form, KeyField, new_uid, tidy
from events.web.merging import SharedForm
from events.web.words import word

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
YEARS = range(1950, 2151)
MOST_WORDS = 50
LONGEST_WORD = 64
LOCAL = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
_SEPARATORS = re.compile(r"[、,，;；\n]+")


def offered(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Pairs of value and label as WTForms' choices."""
    return [SelectChoice(value, label) for value, label in pairs]


def day_choices() -> list[SelectChoice]:
    """What a rule may do on days of one kind."""
    return offered(
        [
            (DayChoice.KEEP, _("it takes place")),
            (DayChoice.SKIP, _("it is left out")),
            (DayChoice.MOVE, _("it moves to the next possible day")),
        ]
    )


def whole(text: Any) -> int | None:
    """For selects of row ids: "" is None."""
    return int(text) if text not in (None, "", "None") else None


class DayField(DateField):
    """A date of these times; others are none, so that moments around it can be calculated with."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read it. Raises ValueError."""
        super().process_formdata(valuelist)
        if self.data is not None and self.data.year not in YEARS:
            self.data = None
            raise ValueError(self.gettext("Not a valid date value."))


class MomentField(DateTimeLocalField):
    """A date with a time, as DayField."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read it. Raises ValueError."""
        super().process_formdata(valuelist)
        if self.data is not None and self.data.year not in YEARS:
            self.data = None
            raise ValueError(self.gettext("Not a valid datetime value."))


class ObservanceField(HiddenField):
    """The id of an observance; one that is unknown is let go."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it. Raises ValueError."""
        self.data = valuelist[0] if valuelist else ""
        if not self.data:
            return
        try:
            observances.get(self.data)
        except KeyError:
            self.data = ""
            raise ValueError(gettext("The observance is not known; choose it again.")) from None


class WordsField(StringField):
    """Several words in one line: "公众、青少年"; separated by 、 or comma or semicolon."""

    def pre_validate(self, _form: Any) -> None:
        """Raise ValidationError when there are too many, or too long ones."""
        words = self.data or []
        if len(words) > MOST_WORDS:
            raise ValidationError(gettext("At most %(most)s words.", most=MOST_WORDS))
        if any(len(each) > LONGEST_WORD for each in words):
            raise ValidationError(gettext("A word has at most %(most)s signs.", most=LONGEST_WORD))

    def _value(self) -> str:
        return "、".join(self.data or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        """Split, each word once."""
        words = _SEPARATORS.split(valuelist[0] if valuelist else "")
        self.data = list(dict.fromkeys(filter(None, map(tidy, words))))


class TicksField(SelectMultipleField):
    """Several of a few, as check boxes."""

    widget = widgets.ListWidget(prefix_label=False)  # type: ignore[assignment]
    option_widget = widgets.CheckboxInput()  # type: ignore[assignment]


class TargetForm(PlainForm):
    """One row of a campaign's targets; a row without a number counts as empty."""

    measure = SelectField(
        _("What is counted"), choices=offered([(m.value, word(m)) for m in Measure])
    )
    audience = StringField(_("For whom (empty: all)"), [Length(max=64)])
    goal = IntegerField(_("How many"), [Optional(), NumberRange(min=1, max=10_000_000)])


class CampaignForm(SharedForm):
    """A campaign."""

    slug = KeyField(made=new_slug, longest=32)
    observance_id = ObservanceField()
    organization_id = SelectField(_("Organization"), coerce=whole)
    name = StringField(_("Name"), [InputRequired(), Length(max=200)])
    year = IntegerField(
        _("Year of the campaign"), [InputRequired(), NumberRange(min=2000, max=2100)]
    )
    starts_on = DayField(_("First day"), [InputRequired()])
    ends_on = DayField(_("Last day"), [InputRequired()])
    warmup_days = IntegerField(
        _("Days of warming up before"), [Optional(), NumberRange(min=0, max=90)], default=0
    )
    theme = StringField(_("Theme"), [Length(max=300)])
    description = TextAreaField(_("Description for the public page"), [Length(max=5000)])
    owner_id = SelectField(_("Owner"), coerce=whole)
    targets = FieldList(FormField(TargetForm), label=_("Targets"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Shape, and that no target stands there twice."""
        is_right: bool = super().validate(extra_validators)
        seen = set()
        for each in self.targets:
            key = (each.measure.data, each.audience.data or "")
            if each.goal.data and key in seen:
                each.goal.errors = [*each.goal.errors, gettext("This target stands here twice.")]
                is_right = False
            if each.goal.data:
                seen.add(key)
        return is_right


class TimingForm(Form):
    """When something happens: once, by a rule, or on several dates."""

    duration_min = IntegerField(
        _("Minutes"), [InputRequired(), NumberRange(min=5, max=7 * 24 * 60)], default=120
    )
    kind = RadioField(
        _("When"),
        choices=offered(
            [
                ("none", _("Not yet")),
                ("single", _("Once")),
                ("rule", _("Repeated")),
                ("dates", _("On several dates")),
            ]
        ),
        default="none",
    )
    starts_on = DayField(_("First date"), [Optional()])
    starts = TimeField(_("Begins at"), [Optional()])
    freq = SelectField(
        _("Repeated"),
        choices=offered(
            [
                ("WEEKLY", _("weekly")),
                ("DAILY", _("daily")),
                ("MONTHLY", _("monthly")),
                ("YEARLY", _("yearly")),
                ("OTHER", _("by another rule")),
            ]
        ),
        default="WEEKLY",
    )
    interval = IntegerField(_("Every"), [Optional(), NumberRange(min=1, max=99)], default=1)
    weekdays = TicksField(_("On"), choices=offered([(day, "") for day in DAYS]))
    monthly = RadioField(
        _("In the month"),
        choices=offered(
            [
                ("day", _("on the same day of the month")),
                ("nth", _("on the same weekday, as the first date is (second Saturday)")),
                ("last", _("on the last such weekday")),
            ]
        ),
        default="day",
    )
    rrule = StringField(_("Rule as in RFC 5545"), [Length(max=300)])
    ends = RadioField(
        _("Ends"),
        choices=offered(
            [
                ("count", _("after a number of times")),
                ("until", _("on a date")),
                ("never", _("never, until somebody ends it")),
            ]
        ),
        default="count",
    )
    count = IntegerField(_("Times"), [Optional(), NumberRange(min=1, max=730)], default=4)
    until = DayField(_("Last date"), [Optional()])
    dates = FieldList(
        MomentField(_("Begins"), [Optional()], format=LOCAL),
        label=_("Dates"),
    )
    on_rest_day = SelectField(
        _("On weekends"), choices=day_choices(), coerce=DayChoice, default=DayChoice.KEEP
    )
    on_holiday = SelectField(
        _("On statutory holidays"), choices=day_choices(), coerce=DayChoice, default=DayChoice.KEEP
    )
    on_makeup = SelectField(
        _("On make-up workdays"), choices=day_choices(), coerce=DayChoice, default=DayChoice.KEEP
    )
    exdates = FieldList(DayField(_("Not on"), [Optional()]), label=_("Left out"))
    rdates = FieldList(
        MomentField(_("Also on"), [Optional()], format=LOCAL), label=_("Extra dates")
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Shape, and that what the chosen way of saying when needs is given."""
        is_right = super().validate(extra_validators)
        missing = list(self._missing())
        for field, text in missing:
            field.errors = (*field.errors, text)
        return is_right and not missing

    def _missing(self) -> Iterator[tuple[Field, str]]:
        if self.kind.data in {"single", "rule"}:
            if self.starts_on.data is None and not self.starts_on.errors:
                yield self.starts_on, gettext("Give the date.")
            if self.starts.data is None and not self.starts.errors:
                yield self.starts, gettext("Give the time.")
        is_built = self.kind.data == "rule" and self.freq.data != "OTHER"
        if is_built and self.ends.data == "until" and self.until.data is None:
            yield self.until, gettext("Give the last date.")


class ActivityForm(TimingForm, SharedForm):
    """An activity: what, for whom, with what; and for a draft when, where and with which team."""

    uid = KeyField(made=new_uid, longest=64)
    code = StringField(_("Number"), [InputRequired(), Length(max=64)])
    title = StringField(_("Title"), [InputRequired(), Length(max=200)])
    format = StringField(_("Form"), [Length(max=64)])
    mode = SelectField(_("Way of taking part"), choices=offered([(m.value, word(m)) for m in Mode]))
    description = TextAreaField(_("Description for the public page"), [Length(max=5000)])
    audiences = WordsField(_("For whom"))
    themes = WordsField(_("Themes"))
    priority = SelectField(
        _("Priority"),
        choices=offered([(1, _("High")), (2, _("Normal")), (3, _("Low"))]),
        coerce=int,
    )
    responsibility = StringField(_("Measure of the responsibility table"), [Length(max=32)])
    needs_review = BooleanField(_("Its content must be reviewed first"))
    is_outdoor = BooleanField(_("It takes place outdoors"))

    lead_id = SelectField(_("Lead unit"), [InputRequired()], coerce=whole)
    supporter_ids = TicksField(_("Responsible units"), coerce=int)

    expected_attendance = IntegerField(
        _("People expected"), [Optional(), NumberRange(min=0, max=1_000_000)], default=0
    )
    volunteers_needed = IntegerField(
        _("Volunteers for each session"), [Optional(), NumberRange(min=0, max=10_000)], default=0
    )
    needed_skills = WordsField(_("Skills of the volunteers"))
    needed_facilities = WordsField(_("Facilities"))
    venue_kinds = WordsField(_("Kinds of venue"))
    expert_fields = WordsField(_("Experts' fields"))
    kit_kinds = WordsField(_("Touring kits"))

    space_id = SelectField(_("Place"), coerce=whole)
    team_id = SelectField(_("Volunteer team"), coerce=whole)

    wish_from = DayField(_("Not before"), [Optional()])
    wish_until = DayField(_("Not after"), [Optional()])
    wish_weekdays = TicksField(
        _("Weekdays"), choices=offered([(n, "") for n in range(7)]), coerce=int
    )
    wish_starts = TimeField(_("From"), [Optional()])
    wish_ends = TimeField(_("Until"), [Optional()])
    wish_rule = StringField(_("Repetition as in RFC 5545"), [Length(max=300)])


class SeriesForm(TimingForm):
    """Another time or place for sessions that are public.

    seen: what their preview showed; base: what the form was opened with.
    """

    seen = HiddenField()
    base = HiddenField()
    uid = KeyField(made=new_uid, longest=64)
    place = SelectField(_("Place"), choices=[])
    reason = StringField(_("Reason, as volunteers and visitors will read it"), [Length(max=300)])


class MoveForm(Form):
    """Another time or place for one session."""

    version = HiddenField()
    starts_on = DayField(_("Date"), [InputRequired()])
    starts = TimeField(_("Begins at"), [InputRequired()])
    space_id = SelectField(_("Place"), coerce=whole)

    @property
    def start_local(self) -> datetime:
        """What was given, as naive wall time."""
        on: date = self.starts_on.data
        at: time = self.starts.data
        return datetime.combine(on, at)


class CancelForm(Form):
    """Why one session does not take place."""

    version = HiddenField()
    reason = StringField(_("Reason, as volunteers and visitors will read it"), [Length(max=300)])
