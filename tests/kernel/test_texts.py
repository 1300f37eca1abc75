from __future__ import annotations

from babel.messages.pofile import read_po

from events.kernel import texts

FILE = texts.FOLDER / "zh" / "LC_MESSAGES" / "messages.po"


def test_a_catalogue_holds_what_babel_reads_in_it() -> None:
    with FILE.open("rb") as source:
        expected = {
            first(message.id): first(message.string)
            for message in read_po(source, locale="zh_Hans_CN")
            if message.id and message.string
        }
    found = texts.messages(FILE.read_text(encoding="utf-8"))
    assert {known: text for known, text in found.items() if known} == expected


def first(text: str | tuple[str, ...] | list[str]) -> str:
    return text if isinstance(text, str) else text[0]


def test_quotes_and_lines_of_a_message_are_read() -> None:
    po = 'msgid ""\n"say \\"so\\"\\n"\n"twice"\nmsgid_plural "x"\nmsgstr[0] "说\\\\ "\n"两次"'
    assert texts.messages(po) == {'say "so"\ntwice': "说\\ 两次"}


def test_what_is_not_translated_stays_as_it_is() -> None:
    chinese = texts.Catalogue({"done": "完成", "new": ""})
    assert [chinese.gettext(text) for text in ("done", "new", "old")] == ["完成", "new", "old"]
    assert [chinese.ngettext("done", "all done", n) for n in (1, 2)] == ["完成", "完成"]
    assert [chinese.ngettext("one", "many", n) for n in (1, 2)] == ["one", "many"]
