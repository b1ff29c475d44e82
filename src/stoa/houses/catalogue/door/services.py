# SPDX-License-Identifier: EUPL-1.2
"""Which programming interfaces this install offers for its datasets: each gate says so itself, once, when its
addresses are loaded. Dataset pages and the exported catalogue list what was said."""

from __future__ import annotations

from dataclasses import dataclass

from stoa.ground.words import Saying


@dataclass(frozen=True, slots=True)
class Service:
    """One interface as a data service (DCAT 3, section 6.9)."""

    name: str
    """Short, stable, part of its address in the catalogue, e.g. `ogc-features`."""
    title: Saying
    standard: str
    """IRI of the specification it conforms to."""
    endpoint: str
    """Path from the city's root, e.g. `/ogc/`."""
    description: str = ""
    """Path of the machine-readable description (OpenAPI), if there is one."""
    dataset: str = ""
    """Path of one dataset in it, with `{slug}` and `{uid}`; empty: it has no address of its own."""
    example: str = ""
    """Path of a question that everybody may try, with `{slug}`, where the endpoint alone answers none."""
    only_places: bool = False
    """It serves datasets with a geometry only."""
    needs_rows: bool = True
    """It serves the rows and not only the description, so only datasets whose rows are open to the reader."""
    serves_datasets: bool = True
    """No: it serves something else of the city, e.g. its sensors."""


_OFFERED: dict[str, Service] = {}


def offer(service: Service) -> None:
    """Say that this install offers an interface; saying it again replaces it."""
    _OFFERED[service.name] = service


def offered() -> tuple[Service, ...]:
    """All interfaces of this install, in the order of their names."""
    return tuple(_OFFERED[name] for name in sorted(_OFFERED))


def serves(service: Service, *, has_map: bool, rows_are_open: bool) -> bool:
    """Whether a dataset is served by an interface."""
    return (
        service.serves_datasets
        and (has_map or not service.only_places)
        and (rows_are_open or not service.needs_rows)
    )
