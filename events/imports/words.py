"""What each problem says: why, and what to do about it. English msgids; doors translate."""

from __future__ import annotations

from events.imports.problems import Problem
from events.kernel.texts import say


def _(message: str) -> str:
    """Mark `message` for translation."""
    return message


TEXTS = {
    # the file as a whole
    "campaign_missing": _(
        "It is not clear to which campaign these activities belong: choose one, or fill in "
        "linked_observance and preferred_start."
    ),
    "campaign_unknown": _("There is no such campaign among yours; choose another one."),
    "check_failed": _(
        "The file could not be checked because of an error on our side. Upload it again; if that "
        "does not help, tell your operator."
    ),
    "csv_broken": _(
        "The text cannot be split into columns here: a quotation mark is opened and not closed, "
        "or stands inside a cell. Save the table as CSV or XLSX again."
    ),
    "encoding_unknown": _(
        "The characters can be read neither as UTF-8 nor as GBK. Save the file as “CSV UTF-8” "
        "or as XLSX."
    ),
    "file_empty": _("The file holds no rows. Save the table again and choose that file."),
    "file_too_large": _(
        "The file has %(size)s bytes; at most %(most)s are accepted. Split it into several files."
    ),
    "kind_unknown": _(
        "The headings (%(headings)s) are none of the tables that Kepu knows. Take the headings "
        "from a template."
    ),
    "not_a_table": _("This is neither CSV nor XLSX. Save the table in one of these two formats."),
    "old_excel": _(
        "This is an old Excel file (.xls) or one with a password. Save it as XLSX without a "
        "password, or as CSV."
    ),
    "sheets_ignored": _("Only the first sheet is read; not read: %(sheets)s."),
    "too_many_columns": _("The table has more than %(most)s columns. Delete what is not needed."),
    "too_many_rows": _(
        "The file has more than %(most)s rows, which is the limit of this installation. Split it "
        "into several files."
    ),
    "xlsx_bomb": _(
        "Unpacked, this file would be far larger than a table can be; it is not opened. Copy the "
        "table into a new file."
    ),
    "xlsx_broken": _("The XLSX file is damaged. Open it, save it again, or save it as CSV."),
    # headings
    "cell_without_heading": _(
        "“%(value)s” stands in a column without a heading. Give the column a heading, or delete "
        "it; in a CSV, a comma inside a text needs quotation marks around the text."
    ),
    "column_missing": _("The column “%(heading)s” is missing. Add it; it must not be empty."),
    "column_twice": _("Two columns are called “%(heading)s”. Delete or rename one of them."),
    "column_unknown": _("The column “%(heading)s” is not known and was ignored."),
    # cells
    "cell_error": _("The cell shows an error of the spreadsheet (%(value)s). Put in the value."),
    "cell_formula": _(
        "The cell holds a formula, which is not calculated here. Copy the column and paste it as "
        "values."
    ),
    "choice_unknown": _("“%(value)s” is not known here. Write one of: %(choices)s."),
    "code_unreadable": _(
        "“%(value)s” is no code: up to 64 letters, digits or signs, without spaces, commas, "
        "semicolons or slashes."
    ),
    "date_unreadable": _("“%(value)s” is no date. Write it like 2025-09-06."),
    "email_unreadable": _("“%(value)s” is no mail address. Write it like name@example.cn."),
    "hours_unreadable": _("Opening hours are written like Tu-Su 09:00-17:00; “%(part)s” is not."),
    "number_outside": _("%(value)s lies outside what is possible: from %(low)s to %(high)s."),
    "number_unreadable": _("“%(value)s” is no number. Write digits only."),
    "observance_unknown": _(
        "There is no observance “%(value)s”. Write its name or leave it empty."
    ),
    "rule_endless": _("The rule has no end: give a number of times or a last date."),
    "rule_frequency_unknown": _("The rule must repeat daily, weekly, monthly or yearly."),
    "rule_part_unknown": _("Calendars do not agree on this part of a rule: %(part)s."),
    "rule_read_differently": _("Calendars read %(part)s in weekly rules differently."),
    "rule_two_ends": _("Give a number of times or a last date, not both."),
    "rule_unreadable": _("The rule cannot be read: %(why)s"),
    "text_too_long": _("The text has %(length)s characters; at most %(most)s fit. Shorten it."),
    "time_window_unreadable": _("“%(value)s” is no span of time. Write it like 09:00-12:00."),
    "too_many_words": _("More than %(most)s words in one cell. Keep the most important ones."),
    "value_missing": _("The cell is empty, but this column must be filled in."),
    "weekdays_unreadable": _("“%(value)s” are no weekdays. Write them like MO;TU or 周一;周二."),
    "yes_no_unreadable": _("“%(value)s” is neither yes nor no. Write yes or no, 是 or 否."),
    # rows
    "backup_is_itself": _("A venue cannot be its own backup. Name another one, or none."),
    "code_ambiguous": _(
        "The code %(named)s belongs to several rows in your organizations. Change the codes so "
        "that each names one."
    ),
    "code_twice": _("The code %(named)s stands in row %(first)s already. Each row needs its own."),
    "dates_reversed": _("The last day (%(until)s) lies before the first (%(from)s). Swap them."),
    "duration_too_long": _(
        "The activity takes %(duration)s minutes, but the hours it may use are only %(window)s "
        "minutes long."
    ),
    "organization_unknown": _(
        "There is no organization %(named)s among yours, nor in this import. Correct the code, or "
        "import the organization first."
    ),
    "name_ambiguous": _(
        "Several organizations of yours are called “%(named)s”. Give the code instead."
    ),
    "name_unknown": _(
        "No organization of yours is called “%(named)s”, nor one in this import. Correct the name, "
        "or give the code."
    ),
    "outside_campaign": _("These days lie outside the campaign (%(starts)s to %(ends)s)."),
    "outside_your_organizations": _(
        "The organization %(named)s is not yours to add or to change. Delete the row, or ask an "
        "administrator."
    ),
    "parent_circle": _("%(named)s would stand below itself. Correct the superior organization."),
    "published_already": _(
        "%(named)s is published already; an import changes drafts only. Change it on its page, or "
        "restore the row."
    ),
    "spaces_kept": _(
        "There are fewer rooms now, but %(spaces)s of %(named)s have bookings and were kept."
    ),
    "tree_too_deep": _("More than %(most)s levels of organizations stand above %(named)s."),
    "venue_unknown": _(
        "There is no venue %(named)s among yours, nor in this import. Correct the code, or import "
        "the venue first."
    ),
    # the import
    "import_stale": _(
        "What is stored has changed since the preview. Look at the new preview and confirm it."
    ),
    "not_allowed": _("You may no longer import for this organization."),
}


def text(problem: Problem, language: str) -> str:
    """The sentence of `problem` in `language`."""
    return say(language, TEXTS[problem.code], **problem.facts)


def at(problem: Problem) -> str:
    """Where it is, as commands print it: "venues.csv:17:name"."""
    parts = [problem.file, str(problem.row or ""), problem.column or ""]
    while parts[-1:] == [""]:
        parts.pop()
    return ":".join(parts)
