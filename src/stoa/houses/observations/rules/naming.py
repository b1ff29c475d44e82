# SPDX-License-Identifier: EUPL-1.2
"""What a series is called as an attribute of its thing, where nobody has said. Pure."""

from __future__ import annotations

import re

from stoa.ground.ids import plain
from stoa.standards.ngsild.core import DEFAULT_VOCABULARY

_IRI = re.compile(r"^https?://[^\s<>\"'=;()]{3,290}$")


def attribute_of(definition: str, name: str) -> str:
    """The address at which the observed property is defined; else a word made of its name.

    >>> attribute_of("", "Air temperature")
    'https://uri.etsi.org/ngsi-ld/default-context/airTemperature'
    """
    if _IRI.match(definition):
        return definition
    first, *more = plain(name).split() or ["value"]
    return f"{DEFAULT_VOCABULARY}{first}{''.join(word.capitalize() for word in more)}"[:300]
