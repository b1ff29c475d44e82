# SPDX-License-Identifier: EUPL-1.2
"""Which things of OpenStreetMap are drawn, as what, and from which zoom on.

The words are those of https://wiki.openstreetmap.org/wiki/Map_features. The first rule that fits decides.
"""

from __future__ import annotations

from typing import NamedTuple

LAYERS = ("built", "green", "water", "river", "building", "road", "rail", "place")


class Rule(NamedTuple):
    """Things whose tag has one of the values; without values: any value but `no`."""

    layer: str
    kind: str
    tag: str
    values: tuple[str, ...]
    zoom: int


POINTS = (
    Rule("place", "city", "place", ("city",), 4),
    Rule("place", "town", "place", ("town",), 7),
    Rule("place", "suburb", "place", ("suburb", "borough"), 11),
    Rule("place", "village", "place", ("village", "island"), 11),
    Rule("place", "quarter", "place", ("quarter", "neighbourhood", "hamlet"), 13),
)
LINES = (
    Rule("road", "motorway", "highway", ("motorway", "motorway_link"), 5),
    Rule("road", "main", "highway", ("trunk", "trunk_link", "primary", "primary_link"), 8),
    Rule("road", "secondary", "highway", ("secondary", "secondary_link"), 10),
    Rule("road", "tertiary", "highway", ("tertiary", "tertiary_link"), 11),
    Rule("road", "street", "highway", ("residential", "unclassified", "living_street", "pedestrian"), 12),
    Rule("road", "service", "highway", ("service", "track", "road"), 14),
    Rule("road", "path", "highway", ("path", "footway", "cycleway", "bridleway", "steps"), 14),
    Rule("rail", "rail", "railway", ("rail", "narrow_gauge"), 9),
    Rule("rail", "tram", "railway", ("tram", "light_rail", "subway"), 13),
    Rule("river", "river", "waterway", ("river", "canal"), 8),
    Rule("river", "stream", "waterway", ("stream", "ditch", "drain"), 13),
)
AREAS = (
    Rule("building", "building", "building", (), 14),
    Rule("water", "water", "natural", ("water", "bay"), 4),
    Rule("water", "water", "waterway", ("riverbank", "dock"), 4),
    Rule("water", "water", "landuse", ("reservoir", "basin"), 4),
    Rule("green", "wood", "natural", ("wood", "scrub"), 6),
    Rule("green", "wood", "landuse", ("forest",), 6),
    Rule("green", "park", "leisure", ("park", "garden", "nature_reserve", "golf_course", "pitch"), 8),
    Rule("green", "grass", "natural", ("heath", "grassland", "fell", "wetland"), 8),
    Rule("green", "grass", "landuse", ("grass", "meadow", "village_green", "recreation_ground"), 8),
    Rule("green", "grass", "landuse", ("cemetery", "allotments", "orchard", "vineyard"), 8),
    Rule("built", "built", "landuse", ("residential", "commercial", "industrial", "retail", "railway"), 7),
)
UNSEEN_IN_TUNNELS = ("rail", "river")


def number_of_rule(rules: tuple[Rule, ...]) -> str:
    """SQL of the place of the first rule that fits, from 0; null where none does."""
    cases = []
    for number, rule in enumerate(rules):
        listed = ", ".join(f"'{value}'" for value in rule.values)
        fits = f"IN ({listed})" if listed else "<> 'no'"
        cases.append(f'WHEN "{rule.tag}" {fits} THEN {number}')
    return f"CASE {' '.join(cases)} END"


def is_wanted(rules: tuple[Rule, ...]) -> str:
    """The same question for the reader of the file, so that what is not drawn is never handed over."""
    return " OR ".join(f'"{tag}" IS NOT NULL' for tag in dict.fromkeys(rule.tag for rule in rules))
