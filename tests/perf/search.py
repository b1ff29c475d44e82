# SPDX-License-Identifier: EUPL-1.2
"""Search with facets over a large catalogue, on the packaged PostgreSQL as the application's role."""

from __future__ import annotations

from tests.perf.figures import Figure, at_most, p95_ms, shown, spread
from tests.perf.workshop import workshop

from stoa.site import postgres_roles as roles

ANSWERS = ("search",)
RECORDS = 20_000
SEARCHES = 200


def measure(scale: float) -> list[Figure]:
    """Fill, let the database clean up as its own service would overnight, ask."""
    shop, records = workshop(), max(200, int(RECORDS * scale))
    with shop.database() as cluster:
        shop.make_ready()
        filled = shop.step("fill_catalogue", records=records)
        cluster.ask("VACUUM ANALYZE catalogue_dataset; VACUUM ANALYZE catalogue_version", roles.DATABASE)
        told = shop.step("ask_catalogue", times=SEARCHES)
    kinds: dict[str, list[float]] = told["kinds"]
    everything = [seconds for listed in kinds.values() for seconds in listed]
    found = f"as {told['role']}; {told['hits']:.0f} hits a search on average, {spread(everything)}"
    return [
        at_most("search", p95_ms(everything), "ms", 25, f"{filled['records']:,} records, {found}"),
        *(shown(f"search {kind}", p95_ms(listed), "ms", spread(listed)) for kind, listed in kinds.items()),
    ]
