# SPDX-License-Identifier: EUPL-1.2
"""Whether an entity looks like what its type says it is, judged by its simplified values."""

from __future__ import annotations

from stoa.standards.ngsild import contexts, rendering
from stoa.standards.ngsild.core import DEFAULT_VOCABULARY
from stoa.standards.ngsild.kinds import Entity, Instance, Kind
from stoa.standards.smartdatamodels.facets import Facet
from stoa.standards.smartdatamodels.models import COMMON, MODELS

_VOCABULARIES = (DEFAULT_VOCABULARY, "https://smartdatamodels.org/", "https://uri.fiware.org/ns/data-models#")
_BARE = frozenset({Kind.PROPERTY, Kind.RELATIONSHIP, Kind.GEO})


def model_names(entity: Entity) -> list[str]:
    """Which declared models an entity claims to follow."""
    return [
        name for iri in entity.types if iri.startswith(_VOCABULARIES) and (name := local_name(iri)) in MODELS
    ]


def local_name(iri: str) -> str:
    """The word at the end of an IRI."""
    return iri.rpartition("#")[2].rpartition("/")[2]


def faults(entity: Entity) -> list[str]:
    """Everything that does not fit the models of the entity's types; empty where it follows none that is declared."""
    found: list[str] = []
    for name in model_names(entity):
        declared = {**COMMON, **MODELS[name]}
        for iri, instances in entity.attributes.items():
            if (facet := declared.get(local_name(iri))) is not None:
                told = f"“{local_name(iri)}” of a {name}"
                found += [f"{told} {fault}" for one in instances if (fault := _fault(facet, one))]
    return found


def _fault(facet: Facet, instance: Instance) -> str:
    return facet.fault(bare_value(instance)) if instance["type"] in _BARE else ""


def bare_value(instance: Instance) -> object:
    """The simplified value, by which models are written."""
    value: object = rendering.simplified(instance, contexts.core())
    return value
