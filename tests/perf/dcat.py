# SPDX-License-Identifier: EUPL-1.2
"""The export of a large catalogue as DCAT-AP, through the whole request, read to its last byte."""

from __future__ import annotations

from tests.perf.figures import Figure, at_most
from tests.perf.search import RECORDS
from tests.perf.workshop import workshop

from stoa.site import postgres_roles as roles

ANSWERS = ("dcat export", "dcat memory")
SUFFIXES = ("ttl", "rdf", "jsonld")


def measure(scale: float) -> list[Figure]:
    """Fill unless the search did, then export in each syntax, each in a process of its own."""
    shop, records = workshop(), max(200, int(RECORDS * scale))
    figures, peak = [], 0.0
    with shop.database() as cluster:
        shop.make_ready()
        if not shop.step("export_catalogue", suffix="ttl", is_trial=True)["datasets"]:
            shop.step("fill_catalogue", records=records)
            cluster.ask("VACUUM ANALYZE catalogue_dataset; VACUUM ANALYZE catalogue_version", roles.DATABASE)
        for suffix in SUFFIXES:
            told = shop.step("export_catalogue", suffix=suffix)
            note = f"{told['datasets']:,} datasets, {told['bytes'] / 2**20:.0f} MiB, {told['cpu']:.1f} s of processor time"
            figures.append(at_most(f"dcat export, {suffix}", told["seconds"], "s", 20, note))
            peak = max(peak, told["peak_mib"])
    return [
        *figures,
        at_most("dcat memory", peak, "MiB", 300, "resident memory of the process at its highest"),
    ]
