"""What each refusal says to a person. A house test finds every code without a text."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext as _

from events.foreign.words import WHOLE as CALENDARS
from events.kernel.errors import Refused

TEXTS = {
    "already_answered": _("This session has been answered already."),
    "already_founded": _("There is an organization already; sign in as its administrator."),
    "already_signed_up": _("You are signed up for this shift already."),
    "already_started": _("This session has begun; it can no longer be changed."),
    "booking_released": _("The organizer has taken this booking back."),
    "activity_not_draft": _("This activity is published already."),
    "announced_order": _("The observance must not end before it starts, nor last over a year."),
    "announced_year": _("The observance must start in %(year)s."),
    "calendar_missing": _("Give an address, or choose a file."),
    "calendars_enough": _("At most %(most)s calendars can be followed here. Remove one first."),
    "campaign_period": _("The campaign must not end before it starts."),
    "code_taken": _("The code %(taken)s is used already."),
    "days_missing": _("The file names no holiday and no make-up workday."),
    "days_unfit": _("These days cannot be the holidays and make-up workdays of that year."),
    "dates_missing": _("Give at least one date."),
    "email_taken": _("There is a user with this address already."),
    "expert_elsewhere": _("%(name)s speaks elsewhere at that time: %(title)s."),
    "expert_of_a_draft": _("Publish the activity first; then name who speaks."),
    "filter_empty": _("Choose something first: what shows everything has its calendar already."),
    "filter_too_long": _("This selection is too long to be saved."),
    "hours_unreadable": _("Opening hours are written like Tu-Su 09:00-17:00; “%(part)s” is not."),
    "import_stale": _("The data changed since the preview. Check the file again."),
    "import_has_problems": _("The file has problems; nothing was imported."),
    "import_state": _("This import can no longer be changed."),
    "last_admin": _(
        "Nobody else could administer %(name)s then; name another administrator first."
    ),
    "last_grant": _("This is the user's only role. Close the account instead."),
    "link_expired": _("This link has expired. Ask for a new one."),
    "lead_outside": _("The lead unit must belong to your organizations."),
    "notice_not_repeatable": _("This notice can no longer be sent again."),
    "notice_not_waiting": _("This notice is not waiting to be sent."),
    "notice_obsolete": _("What this notice says is no longer true; it is not sent."),
    "no_facility": _("No venue of the wished kinds has all the facilities that are needed."),
    "no_session_chosen": _("Choose at least one session."),
    "no_space_free": _("Suitable places are taken or closed at the wished times."),
    "no_time": _("The wished dates hold no wished weekday."),
    "nothing_ahead": _("All of these sessions would be in the past."),
    "not_published": _("This activity is still a draft: give it another time in its own form."),
    "nothing_to_plan": _("The campaign has no drafts to plan."),
    "nothing_to_publish": _("There is no draft that can be published."),
    "own_account": _("You cannot close your own account."),
    "occurrence_cancelled": _("This session is cancelled; it can no longer be moved."),
    "parts_differ": _(
        "The series has several parts: choose one of them to change how it is said when."
    ),
    "place_taken": _("%(space)s is taken at that time (%(by)s)."),
    "plan_under_way": _("A plan of this campaign is being made already."),
    "reason_missing": _("Say in a few words why, so that the organizer can find another place."),
    "rule_endless": _("The rule has no end: give a number of times or a last date."),
    "rule_frequency_unknown": _("The rule must repeat daily, weekly, monthly or yearly."),
    "rule_part_unknown": _("Calendars do not agree on this part of a rule: %(part)s."),
    "rule_read_differently": _("Calendars read %(part)s in weekly rules differently."),
    "rule_too_many": _("The rule gives more than %(most)s sessions."),
    "rule_two_ends": _("Give a number of times or a last date, not both."),
    "rule_unreadable": _("The rule cannot be read: %(why)s"),
    "selection_empty": _("Nothing is published that this selection would show."),
    "shift_clash": _("You are signed up at that time already: %(title)s."),
    "shift_closed": _("This shift no longer takes sign-ups."),
    "shift_full": _("This shift is full."),
    "space_blocked": _("%(space)s is taken at that time by something else (%(by)s)."),
    "space_closed": _("%(space)s is closed at that time (open %(hours)s)."),
    "space_too_small": _("%(space)s holds %(holds)s people; %(needs)s are expected."),
    "time_missing": _("Give the sessions a time first."),
    "too_small": _("The places of the wished kinds are too small."),
    "wrong_kind": _("There is no venue of the wished kinds."),
    "words_unreadable": _("These words do not say when: %(words)s"),
    "withdrawal_unexplained": _(
        "A few words are enough: the team has to find somebody in a hurry."
    ),
    "wrong_side": _(
        "The venues of the wished kinds have no place on that side (indoors, outdoors)."
    ),
    "team_only": _("This shift is for members of %(team)s."),
    "undo_answered": _("A venue has answered since: look at what taking the change back means."),
    "undo_over": _("The ten minutes are over; this change can no longer be taken back."),
    "undo_overtaken": _(
        "These sessions were changed again since. Take them to where you want them with “Change”."
    ),
    "user_elsewhere": _("This user also has roles outside of your organizations."),
    **{code: _(sentence) for code, sentence in CALENDARS.items()},
}


def text(fault: Refused) -> str:
    """The sentence of a refusal, in the language of this request."""
    message = TEXTS.get(fault.code)
    if message is None:
        return gettext("This is not possible (%(code)s).", code=fault.code)
    return str(message) % fault.facts
