# SPDX-License-Identifier: EUPL-1.2
"""What the three syntaxes have in common: a beginning, blocks, an end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator

from stoa.standards.rdf.values import Node

PIECE = 64 * 1024
"""Letters that are sent together."""


class Writer(ABC):
    """Writes one document; remembers which shared things it has described."""

    media_type: str

    def __init__(self) -> None:
        self._told: set[tuple[str, ...]] = set()

    def is_told(self, node: Node) -> bool:
        """Whether only the name is to be written; the first time a shared thing is asked about, it is not."""
        if not node.is_shared:
            return not (node.types or node.facts)
        key = (node.iri, *node.types)
        if key in self._told:
            return True
        self._told.add(key)
        return False

    @abstractmethod
    def begin(self) -> str: ...

    @abstractmethod
    def block(self, node: Node) -> str:
        """A thing with everything inside it; empty if nothing is left to say."""

    @abstractmethod
    def end(self) -> str: ...


def written(nodes: Iterable[Node], writer: Writer) -> Iterator[bytes]:
    """The document in pieces; never holds more than a piece and the node it works on."""
    pieces, size = [writer.begin()], 0
    for node in nodes:
        text = writer.block(node)
        pieces.append(text)
        size += len(text)
        if size >= PIECE:
            yield "".join(pieces).encode()
            pieces, size = [], 0
    yield ("".join(pieces) + writer.end()).encode()
