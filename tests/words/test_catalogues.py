# SPDX-License-Identifier: EUPL-1.2
"""Every sentence of the product is in every catalogue, whole, and with the same gaps."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from tests.syntax import tree_of
from tests.words.conftest import load_collector

GAP = re.compile(r"%(?:\((\w+)\))?[-+ 0#]*[\d.]*([a-zA-Z%])")
MARKERS = {"say", "N_", "gettext", "gettext_lazy", "_", "ngettext", "pgettext", "npgettext_lazy"}


words = load_collector()


def _both(message: Message) -> list[tuple[str, str]]:
    """Sentence and translation, form by form; further plural forms are held against the plural."""
    if not isinstance(message.id, (tuple, list)):
        return [(message.id, message.string)]
    forms = list(message.string)
    return [(message.id[0], forms[0]), *((message.id[1], form) for form in forms[1:])]


def _named(text: str) -> set[str]:
    return {name for name, _kind in GAP.findall(text) if name}


@pytest.fixture(params=words.languages())
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_german_is_among_the_languages() -> None:
    assert "de" in words.languages()


def test_a_catalogue_has_exactly_the_sentences_of_the_code(language: str) -> None:
    wrong = words.differences(language)
    assert not wrong, "run make words, then translate what is new:\n" + "\n".join(wrong)


def test_every_sentence_is_translated(language: str) -> None:
    empty = [message.id for message in words.catalogue(language) if message.id and words.is_empty(message)]
    assert not empty


def test_no_translation_is_only_guessed(language: str) -> None:
    assert not [message.id for message in words.catalogue(language) if message.id and message.fuzzy]


def test_a_translation_has_the_gaps_of_its_sentence(language: str) -> None:
    """A gap too many is an error on the page, a gap too few is a fact that nobody learns."""
    wrong = [
        (text, said)
        for message in words.catalogue(language)
        if message.id
        for text, said in _both(message)
        if said and _named(text) != _named(said)
    ]
    assert not wrong


def test_a_translation_with_gaps_can_be_filled(language: str) -> None:
    """A stray percent sign breaks a page; it must be written twice where the sentence has gaps."""
    for message in words.catalogue(language):
        for text, said in _both(message) if message.id else []:
            if said and (names := _named(text)):
                assert said % dict.fromkeys(names, 3)


def test_a_catalogue_is_written_the_same_way_every_time(language: str) -> None:
    """So that a change in the history is a change of words and nothing else."""
    assert words.written(words.renewed(language)) == words.file_of(language).read_bytes()


def test_the_collector_finds_words_in_code_and_in_templates(tmp_path: Path) -> None:
    code, page = tmp_path / "code.py", tmp_path / "page.html"
    code.write_text(
        "from stoa.ground.words import N_, say\n"
        'say("One "\n    "sentence", kind="not this")\nN_("A label")\n'
        'ngettext("%(n)s row", "%(n)s rows", 2)\npgettext("chart", "Area")\nsay(unknown)\n'
    )
    page.write_text(
        '{% load i18n %}\n   {% translate "A title" %}\n {% blocktranslate trimmed count n=n %}\n one\n'
        " {% plural %}\n {{ n }} things\n {% endblocktranslate %}{{ x|default:_('none') }}\n"
    )
    assert list(words.keys_in(code)) == [
        (None, "One sentence", None),
        (None, "A label", None),
        (None, "%(n)s row", "%(n)s rows"),
        ("chart", "Area", None),
    ]
    assert {key[1:] for key in words.keys_in(page)} == {
        ("A title", None),
        ("one", "%(n)s things"),
        ("none", None),
    }


def test_what_the_operator_reads_on_the_console_is_not_collected(tmp_path: Path) -> None:
    code = tmp_path / "command.py"
    code.write_text('from stoa.site.cli import say\nsay("Starting")\n')
    assert not list(words.keys_in(code))


def test_sentences_are_written_where_they_are_marked() -> None:
    """An f-string in a marker is translated never: the catalogue cannot know what it becomes."""
    wrong = []
    for path in words.sources():
        if path.suffix != ".py" or not words.OUR_SAY.search(text := path.read_text(encoding="utf-8")):
            continue
        for node in ast.walk(tree_of(text)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
                continue
            if node.func.id in MARKERS and isinstance(node.args[0], (ast.JoinedStr, ast.BinOp)):
                wrong.append(f"{path}:{node.lineno}")
    assert not wrong
