# SPDX-License-Identifier: EUPL-1.2
"""RDF 1.1 XML syntax (W3C recommendation of 25 February 2014), things nested in what points to them."""

from __future__ import annotations

from stoa.standards.rdf.values import PREFIXES, Iri, Literal, Node, Value, full_name
from stoa.standards.rdf.writing import Writer

# A carriage return that is written as it is would be read as a line feed (XML 1.0, section 2.11).
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_QUOTED = str.maketrans({"&": "&amp;", "<": "&lt;", '"': "&quot;"})


class XmlWriter(Writer):
    """Each thing is an element of its first type."""

    media_type = "application/rdf+xml; charset=utf-8"

    def begin(self) -> str:
        names = "".join(f'\n    xmlns:{name}="{place}"' for name, place in PREFIXES.items())
        return f'<?xml version="1.0" encoding="utf-8"?>\n<rdf:RDF{names}>\n'

    def block(self, node: Node) -> str:
        return "" if self.is_told(node) else f"{self._element(node)}\n"

    def end(self) -> str:
        return "</rdf:RDF>\n"

    def _element(self, node: Node) -> str:
        name, *others = node.types or ("rdf:Description",)
        about = f' rdf:about="{node.iri.translate(_QUOTED)}"' if node.iri else ""
        parts = [f'<rdf:type rdf:resource="{full_name(other)}"/>' for other in others]
        parts += [self._fact(fact, value) for fact, value in node.facts]
        inside = "\n".join(parts)
        return f"<{name}{about}>\n{inside}\n</{name}>" if parts else f"<{name}{about}/>"

    def _fact(self, name: str, value: Value) -> str:
        if isinstance(value, Literal):
            how = f' xml:lang="{value.language}"' if value.language else ""
            how = f' rdf:datatype="{full_name(value.datatype)}"' if value.datatype else how
            return f"<{name}{how}>{value.text.translate(_TEXT)}</{name}>"
        if isinstance(value, Node) and not self.is_told(value):
            return f"<{name}>{self._element(value)}</{name}>"
        place = value.value if isinstance(value, Iri) else value.iri
        return f'<{name} rdf:resource="{place.translate(_QUOTED)}"/>'
