# SPDX-License-Identifier: EUPL-1.2
"""JSON-LD 1.1 (W3C recommendation of 16 July 2020): one `@graph`, things nested in what points to them."""

from __future__ import annotations

import json
from typing import Any

from stoa.standards.rdf.values import PREFIXES, Iri, Literal, Node, Value
from stoa.standards.rdf.writing import Writer

_write = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


class JsonLdWriter(Writer):
    """The context holds prefixes only, so that every object can be read on its own."""

    media_type = "application/ld+json; charset=utf-8"

    def __init__(self) -> None:
        super().__init__()
        self._between = "\n"

    def begin(self) -> str:
        return f'{{"@context":{_write(dict(PREFIXES))},"@graph":['

    def block(self, node: Node) -> str:
        if self.is_told(node):
            return ""
        between, self._between = self._between, ",\n"
        return between + _write(self._object(node))

    def end(self) -> str:
        return "\n]}\n"

    def _object(self, node: Node) -> dict[str, Any]:
        body: dict[str, Any] = {"@id": node.iri} if node.iri else {}
        if node.types:
            body["@type"] = node.types[0] if len(node.types) == 1 else list(node.types)
        for name, value in node.facts:
            told = self._value(value)
            if name not in body:
                body[name] = told
            elif isinstance(body[name], list):
                body[name].append(told)
            else:
                body[name] = [body[name], told]
        return body

    def _value(self, value: Value) -> Any:
        if isinstance(value, Literal):
            if value.language:
                return {"@value": value.text, "@language": value.language}
            return {"@value": value.text, "@type": value.datatype} if value.datatype else value.text
        if isinstance(value, Iri):
            return {"@id": value.value}
        return {"@id": value.iri} if self.is_told(value) else self._object(value)
