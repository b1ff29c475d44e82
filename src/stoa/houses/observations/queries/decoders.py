# SPDX-License-Identifier: EUPL-1.2
"""Decoders: those that ship and those that the city wrote."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from stoa.houses.observations.models import CityDecoder
from stoa.houses.observations.rules.decoding import shipped
from stoa.standards.payloads.definition import Decoder
from stoa.standards.payloads.reading import read_decoder


@dataclass(frozen=True, slots=True)
class DecoderLine:
    """A decoder to choose."""

    identifier: str
    title: str
    maker: str
    version: int
    is_own: bool
    """The city's own; otherwise it ships with the product."""


def decoder_for(city_id: int, identifier: str, version: int | None = None) -> Decoder | None:
    """The decoder of this id and version (newest: None); the city's own goes before one that ships (one query)."""
    own = CityDecoder.objects.filter(city_id=city_id, identifier=identifier).order_by("-version")
    found = (own.filter(version=version) if version is not None else own).first()
    if found is not None:
        return _read(found.definition)
    ours = shipped().get(identifier)
    return ours if ours and version in {None, ours.version} else None


def decoders(city_id: int) -> list[DecoderLine]:
    """All decoders of a city, by title (one query)."""
    own = (
        CityDecoder.objects.filter(city_id=city_id).order_by("identifier", "-version").distinct("identifier")
    )
    lines = [DecoderLine(one.identifier, one.title, "", one.version, is_own=True) for one in own]
    known = {line.identifier for line in lines}
    lines += [
        DecoderLine(one.identifier, one.title, one.maker, one.version, is_own=False)
        for one in shipped().values()
        if one.identifier not in known
    ]
    return sorted(lines, key=lambda line: line.title.casefold())


@lru_cache(maxsize=256)
def _read(definition: str) -> Decoder:
    return read_decoder(definition)
