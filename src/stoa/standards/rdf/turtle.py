# SPDX-License-Identifier: EUPL-1.2
"""Turtle (W3C recommendation of 25 February 2014)."""

from __future__ import annotations

from stoa.standards.rdf.values import PREFIXES, Iri, Literal, Node, Value
from stoa.standards.rdf.writing import Writer

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})


_NEXT = " ;\n    "


class TurtleWriter(Writer):
    """Blank nodes stand in brackets, named ones in blocks of their own."""

    media_type = "text/turtle; charset=utf-8"

    def begin(self) -> str:
        return "".join(f"@prefix {name}: <{place}> .\n" for name, place in PREFIXES.items())

    def block(self, node: Node) -> str:
        if self.is_told(node):
            return ""
        blocks: list[str] = []
        self._add(node, blocks)
        return "".join(reversed(blocks))

    def end(self) -> str:
        return ""

    def _add(self, node: Node, blocks: list[str]) -> None:
        """In the order in which the other syntaxes meet things, so that all describe a shared one the same."""
        subject = f"<{node.iri}>" if node.iri else "[]"
        text = self._facts(node, blocks, _NEXT)
        blocks.append(f"\n{subject} {text} .\n")

    def _facts(self, node: Node, blocks: list[str], between: str) -> str:
        facts = [f"a {' , '.join(node.types)}"] if node.types else []
        facts += [f"{name} {self._value(value, blocks)}" for name, value in node.facts]
        return between.join(facts)

    def _value(self, value: Value, blocks: list[str]) -> str:
        if isinstance(value, Literal):
            text = f'"{value.text.translate(_ESCAPES)}"'
            if value.language:
                return f"{text}@{value.language}"
            return f"{text}^^{value.datatype}" if value.datatype else text
        if isinstance(value, Iri):
            return f"<{value.value}>"
        if not value.iri:
            return f"[ {self._facts(value, blocks, ' ; ')} ]"
        if not self.is_told(value):
            self._add(value, blocks)
        return f"<{value.iri}>"
