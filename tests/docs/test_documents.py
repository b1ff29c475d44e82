# SPDX-License-Identifier: EUPL-1.2
"""What the documents say can be done can be done, and what they quote is said."""

from __future__ import annotations

import ast
import functools
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.syntax import tree_of

from stoa.site import postgres_roles
from stoa.site.cli import parser
from stoa.site.environment import Environment

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "stoa"
FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)\n(?P<body>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE
)
LINK = re.compile(r"(?<!`)\[[^\]\n]*\]\((?P<target>[^)\s]+)\)")
SHELL_END = {"|", "||", "&&", ">", ">>", ";"}


def documents() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def named(paths: list[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in paths]


def written_by_hand() -> list[Path]:
    return [path for path in documents() if "Made by `make docs`" not in path.read_text(encoding="utf-8")]


def snippets(language: str) -> Iterator[tuple[Path, str]]:
    """Every fenced example in a language."""
    for path in documents():
        for found in FENCE.finditer(path.read_text(encoding="utf-8")):
            if found["language"] == language:
                yield path, re.sub(rf"^{found['indent']}", "", found["body"], flags=re.MULTILINE)


def without_examples(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", text))


# -- links


def heading_marks(path: Path) -> set[str]:
    """The anchors that a page gives to its headings."""
    lines = FENCE.sub("", path.read_text(encoding="utf-8")).splitlines()
    titles = (re.sub(r"^#+ ", "", line) for line in lines if line.startswith("#"))
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", documents(), ids=named(documents()))
def test_every_link_leads_somewhere(path: Path) -> None:
    broken = []
    for link in LINK.finditer(without_examples(path.read_text(encoding="utf-8"))):
        target, _hash, mark = link["target"].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        place = (path.parent / target).resolve() if target else path
        if not place.exists() or (mark and mark not in heading_marks(place)):
            broken.append(link["target"])
    assert not broken


def test_every_document_can_be_reached_from_the_readme() -> None:
    seen, waiting = set(), [ROOT / "README.md"]
    while waiting:
        path = waiting.pop()
        if path in seen or path.suffix != ".md" or not path.exists():
            continue
        seen.add(path)
        text = without_examples(path.read_text(encoding="utf-8"))
        waiting += [
            (path.parent / link["target"].partition("#")[0]).resolve() for link in LINK.finditer(text)
        ]
    assert not set(named(documents())) - set(named(sorted(seen)))


# -- commands


def command_lines() -> Iterator[tuple[str, list[str]]]:
    """Every `stoa ...` of an example: where it stands, and its words as a shell gives them."""
    for path, body in snippets("sh"):
        for line in body.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            start = next(
                (n for n, word in enumerate(words) if word == "stoa" or word.endswith("/bin/stoa")), None
            )
            if start is None or words[0] in {"export", "curl", "find"}:
                continue
            # With their quotes, so that a semicolon in quotes does not end the command.
            raw = shlex.split(line, comments=True, posix=False)
            end = next((n for n, word in enumerate(raw) if n > start and word in SHELL_END), len(words))
            yield f"{path.relative_to(ROOT)}: {line.strip()}", words[start + 1 : end]


LINES = list(command_lines())


def test_there_are_command_lines_to_look_at() -> None:
    assert len(LINES) > 25


@pytest.mark.parametrize(("place", "words"), LINES, ids=[place for place, _words in LINES])
def test_a_command_line_of_the_documents_is_understood(
    place: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        given = parser().parse_args(words)
    except SystemExit:
        pytest.fail(f"{place}\n{capsys.readouterr().err}")
    assert callable(given.run)


def test_commands_that_are_named_in_a_sentence_exist() -> None:
    top = parser()
    verbs = next(
        action.choices
        for action in top._actions
        if action.dest == "==SUPPRESS==" or isinstance(action.choices, dict)
    )
    known = set(verbs or ()) | {"COMMAND"}
    spans = [
        (path, span)
        for path in written_by_hand()
        for span in re.findall(r"`stoa ([a-zA-Z]+)[^`]*`", path.read_text(encoding="utf-8"))
    ]
    assert spans
    assert not {(path.name, span) for path, span in spans if span not in known}


def test_every_option_that_is_named_in_a_sentence_exists() -> None:
    reference = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    spans = {
        span
        for path in written_by_hand()
        for span in re.findall(r"`(--[a-z-]+)", path.read_text(encoding="utf-8"))
    }
    assert spans
    assert not {span for span in spans if f"`{span}" not in reference}


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][\w-]*):", makefile, re.MULTILINE))
    told: set[str] = set()
    for path in documents():
        text = path.read_text(encoding="utf-8")
        told |= set(re.findall(r"`make ([a-z]+)", text)) | set(
            re.findall(r"^ {4}make ([a-z]+)\b", text, re.MULTILINE)
        )
    told |= {
        target
        for _path, body in snippets("sh")
        for target in re.findall(r"^make ([a-z]+)\b", body, re.MULTILINE)
    }
    assert {"up", "test"} <= told
    assert not told - targets


def test_the_first_screen_of_the_readme_has_a_sentence_a_picture_and_two_commands() -> None:
    screen = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:12]
    assert sum(line.startswith("![") for line in screen) == 1
    assert [line.split("#")[0].strip() for line in screen if line.startswith("    ")] == [
        "make up",
        "make test",
    ]


def test_every_variable_that_a_document_names_is_in_the_reference() -> None:
    reference = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    told = {
        name
        for path in written_by_hand()
        for name in re.findall(r"\bSTOA_[A-Z_]+[A-Z]\b", path.read_text(encoding="utf-8"))
    }
    assert len(told) > len(Environment.model_fields) // 2
    assert not {name for name in told if f"`{name}`" not in reference}


# -- examples


@pytest.mark.parametrize(("path", "body"), list(snippets("python")))
def test_a_python_example_compiles(path: Path, body: str) -> None:
    tree_of(body, filename=str(path))


@pytest.mark.parametrize(("path", "body"), [*snippets("toml"), *snippets("json")])
def test_a_toml_or_json_example_can_be_read(path: Path, body: str) -> None:
    assert tomllib.loads(body) if "=" in body else json.loads(body)


def test_the_example_of_a_city_folder_is_one(tmp_path: Path) -> None:
    from stoa.commons.cityfolder.parsing import parse_city

    found = [body for path, body in snippets("toml") if "[city]" in body]
    assert len(found) >= 2
    for body in found:
        assert parse_city(body).datasets


def test_the_sql_for_an_own_server_does_what_the_packaged_one_does() -> None:
    told = "\n".join(body for path, body in snippets("sql") if path.name == "own-postgresql.md")
    missing = [line for line in postgres_roles.database_sql().splitlines() if line not in told]
    assert not missing


# -- quotations


def _pattern(text: str) -> str:
    """A sentence with its gaps, as a regular expression."""
    parts = re.split(r"%\(\w+\)[sd]|{{.*?}}|{[^}]*}", " ".join(text.split()))
    return ".{1,60}".join(re.escape(part) for part in parts)


@functools.cache
def sentences() -> re.Pattern[str]:
    """Every sentence of the product, of its code and of its templates."""
    found: set[str] = set()
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(tree_of(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > 8:
                found.add(_pattern(node.value.strip()))
    for path in sorted(SOURCE.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        found |= {_pattern(one) for one in re.findall(r"{% translate [\"']([^\"]+?)[\"']", text)}
        found |= {
            _pattern(one.strip())
            for one in re.findall(
                r"{% blocktranslate[^%]*%}(.+?){% (?:plural|endblocktranslate)", text, re.DOTALL
            )
        }
    return re.compile("|".join(f"(?:{one})" for one in sorted(found) if _is_a_sentence(one)))


def _is_a_sentence(pattern: str) -> bool:
    """Enough words of its own, so that not everything fits into its gaps."""
    words, gaps = re.findall(r"[^\W\d_]{2,}", pattern.replace(".{1,60}", " ")), pattern.count(".{1,60}")
    return len(words) >= max(3 if gaps else 1, gaps)


QUOTED = [
    (path, line[2:].strip())
    for path in written_by_hand()
    for line in path.read_text(encoding="utf-8").splitlines()
    if line.startswith("> ")
]


def test_there_are_quotations_to_look_at() -> None:
    assert len(QUOTED) > 20


@pytest.mark.parametrize(("path", "said"), QUOTED, ids=[said[:50] for _path, said in QUOTED])
def test_what_a_document_quotes_is_said_by_the_product(path: Path, said: str) -> None:
    assert sentences().fullmatch(said), f"{path.name}: nothing in the product says so"


def test_a_sentence_that_nobody_says_is_not_taken_for_a_quotation() -> None:
    assert not sentences().fullmatch("This sentence stands in no page of the product at all.")
