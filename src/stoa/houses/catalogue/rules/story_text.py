# SPDX-License-Identifier: EUPL-1.2
"""The text of a story: Markdown made harmless, and the blocks in it that become charts, maps and tables. Pure.

A block is fenced and says in its first line what it is:

    ```chart dataset=street-trees by=kind
    A title of one's own (may be left out)
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from stoa.ground.problems import Problem
from stoa.ground.words import say

KINDS = ("chart", "map", "table")
MOST_BLOCKS = 20
MOST_LETTERS = 100_000
_SETTINGS = {
    "chart": {"dataset", "by", "bucket", "measure", "of", "split", "kind"},
    "map": {"dataset", "by"},
    "table": {"dataset", "columns", "sort", "rows", "q"},
}
_SETTING = re.compile(r"([\w.]+)=(?:\"([^\"]*)\"|(\S+))")
_HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3"}
_TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "a", "strong", "em", "code", "pre", "blockquote", "hr", "br",
    "table", "thead", "tbody", "tr", "th", "td", "del",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """A stretch of text as harmless HTML."""

    html: str


@dataclass(frozen=True, slots=True)
class Block:
    """Something to be drawn from a dataset."""

    kind: str
    dataset: str
    settings: dict[str, str] = field(default_factory=dict)
    """What was said besides: `by`, `measure` ..., and filters `f.<column>.<comparison>`."""
    title: str = ""

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The settings as parameters of an address; several columns by commas become several parameters."""
        found = []
        for name, value in self.settings.items():
            found += [(name, part.strip()) for part in (value.split(",") if name == "columns" else [value])]
        return found


Part = Words | Block


@dataclass(frozen=True, slots=True)
class Read:
    """A story as parts, and what is wrong with its blocks."""

    parts: tuple[Part, ...]
    problems: tuple[Problem, ...] = ()


def read_story(text: str) -> Read:
    """The parts of a story in their order."""
    markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
    parts: list[Part] = []
    problems: list[Problem] = []
    waiting: list[Token] = []
    for token in markdown.parse(text[:MOST_LETTERS]):
        kind = _block_kind(token)
        if not kind:
            waiting.append(_lowered(token))
            continue
        parts += _words(markdown, waiting)
        waiting = []
        block = _block(kind, token, problems)
        if block and sum(isinstance(part, Block) for part in parts) < MOST_BLOCKS:
            parts.append(block)
    return Read((*parts, *_words(markdown, waiting)), tuple(problems))


def _block_kind(token: Token) -> str:
    kind = token.info.split()[0] if token.type == "fence" and token.level == 0 and token.info.strip() else ""
    return kind if kind in KINDS else ""


def _lowered(token: Token) -> Token:
    """The page has the one first heading itself."""
    if token.type in {"heading_open", "heading_close"}:
        token.tag = _HEADINGS.get(token.tag, "h4")
    return token


def _words(markdown: MarkdownIt, tokens: Sequence[Token]) -> Iterator[Words]:
    if tokens:
        html = markdown.renderer.render(tokens, markdown.options, {})
        yield Words(
            nh3.clean(
                html,
                tags=_TAGS,
                attributes={"a": {"href", "title"}, "ol": {"start"}},
                url_schemes={"http", "https", "mailto"},
                link_rel="noopener",
            )
        )


def _block(kind: str, token: Token, problems: list[Problem]) -> Block | None:
    said = token.info.strip()[len(kind) :]
    # Bare values are copied from addresses, where a blank is written + or %20; quoted ones are written by hand.
    settings = {m[1]: m[2] if m[2] is not None else unquote_plus(m[3]) for m in _SETTING.finditer(said)}
    unknown = sorted(n for n in settings if n not in _SETTINGS[kind] and not n.startswith("f."))
    line = (token.map or [0])[0] + 1
    if unknown:
        problems.append(_unknown_setting(kind, unknown[0], line))
    dataset = settings.pop("dataset", "").strip()
    if not dataset:
        problems.append(_without_dataset(kind, line))
        return None
    known = {name: value for name, value in settings.items() if name not in unknown}
    return Block(kind, dataset[:80], known, " ".join(token.content.split())[:300])


def _unknown_setting(kind: str, name: str, line: int) -> Problem:
    return Problem(
        "story.setting_unknown",
        say(
            "Line %(line)s: “%(name)s” is nothing that a %(kind)s knows.",
            line=line,
            name=name[:40],
            kind=kind,
        ),
        say("It was left out."),
        say(
            "Use: %(known)s, and filters such as f.column.is=value.", known=", ".join(sorted(_SETTINGS[kind]))
        ),
        "text",
    )


def _without_dataset(kind: str, line: int) -> Problem:
    return Problem(
        "story.dataset_missing",
        say("Line %(line)s: the %(kind)s does not say which dataset it shows.", line=line, kind=kind),
        say("Without it there is nothing to draw."),
        say("Write dataset=short-name behind the word; the short name stands in the address of the dataset."),
        "text",
    )
