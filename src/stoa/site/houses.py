# SPDX-License-Identifier: EUPL-1.2
"""Which houses and gates this install runs. Take a line out, and the rest still runs."""

from __future__ import annotations

HOUSES: tuple[str, ...] = ("catalogue", "registers", "observations")
GATES: tuple[str, ...] = (
    "cap", "ckan", "dcat", "feeds", "ingest", "mqtt", "ngsild", "ogc", "own_api", "packages", "push", "sensorthings",
)  # fmt: skip
