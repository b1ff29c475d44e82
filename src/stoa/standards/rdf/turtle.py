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
        texts, waiting = [], [node]
        while waiting:
            one = waiting.pop(0)
            subject = f"<{one.iri}>" if one.iri else "[]"
            texts.append(f"\n{subject} {self._facts(one, waiting, _NEXT)} .\n")
        return "".join(texts)

    def end(self) -> str:
        return ""

    def _facts(self, node: Node, waiting: list[Node], between: str) -> str:
        facts = [f"a {' , '.join(node.types)}"] if node.types else []
        facts += [f"{name} {self._value(value, waiting)}" for name, value in node.facts]
        return between.join(facts)

    def _value(self, value: Value, waiting: list[Node]) -> str:
        if isinstance(value, Literal):
            text = f'"{value.text.translate(_ESCAPES)}"'
            if value.language:
                return f"{text}@{value.language}"
            return f"{text}^^{value.datatype}" if value.datatype else text
        if isinstance(value, Iri):
            return f"<{value.value}>"
        if not value.iri:
            return f"[ {self._facts(value, waiting, ' ; ')} ]"
        if not self.is_told(value):
            waiting.append(value)
        return f"<{value.iri}>"
