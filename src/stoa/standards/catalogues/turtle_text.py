# SPDX-License-Identifier: EUPL-1.2
"""Turtle cut into statements, so that a mistake in one does not spoil the others. Pure text work."""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_STATEMENTS = 50_000
_DIRECTIVE = re.compile(r"^([ \t]*@(?:prefix[ \t]+[^\s<]*:|base)[ \t]*<[^<>\n]*>)[ \t]*$", re.MULTILINE)
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|<[^<>\"{}|^`\\\s]*>"
    r"|\#[^\n]*"
    r"|\.(?=\s|$|\#)"
    r"|\n",
)


def with_stops(text: str) -> str:
    """The text with the full stop that directives lack at the end of their line.

    >>> with_stops("@prefix a: <http://a.example/>")
    '@prefix a: <http://a.example/> .'
    """
    return _DIRECTIVE.sub(r"\1 .", text)


def statements(text: str) -> Iterator[tuple[int, str]]:
    """Statements, each with the line it begins in; SPARQL-like directives end at their line.

    >>> [one for _line, one in statements('<a> <b> "x. y" . <c> <d> 1.5 .')]
    ['<a> <b> "x. y" .', ' <c> <d> 1.5 .']
    """
    begin, line, first, count = 0, 1, 1, 0
    for found in _TOKEN.finditer(text):
        mark = found.group()
        line += mark.count("\n")
        ends = mark == "." or (mark == "\n" and _is_bare_directive(text[begin : found.start()]))
        if not ends:
            continue
        piece = text[begin : found.end()]
        if piece.strip():
            yield first + _lines_before(piece), piece
            count += 1
        begin, first = found.end(), line
        if count >= MOST_STATEMENTS:
            return
    if text[begin:].strip() and not _is_only_comment(text[begin:]):
        yield first + _lines_before(text[begin:]), text[begin:]


def _lines_before(piece: str) -> int:
    """Empty lines that a statement begins with."""
    return piece[: len(piece) - len(piece.lstrip())].count("\n")


def _is_bare_directive(text: str) -> bool:
    return (
        bool(re.fullmatch(r"\s*(?:PREFIX\s+\S*:|BASE)\s*<[^<>\s]*>\s*", text[:500], re.IGNORECASE))
        and "@" not in text
    )


def _is_only_comment(text: str) -> bool:
    return all(not line.strip() or line.lstrip().startswith("#") for line in text.splitlines())
