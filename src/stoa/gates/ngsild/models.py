# SPDX-License-Identifier: EUPL-1.2
"""Entities that claim a type of the Smart Data Models must look like one."""

from __future__ import annotations

from stoa.standards.ngsild.failures import unfit
from stoa.standards.ngsild.kinds import Entity
from stoa.standards.smartdatamodels.checking import faults


def need_model(entity: Entity) -> None:
    """`Failed` (BadRequestData) with everything that does not fit the declared model of its type."""
    found = faults(entity)
    if found:
        raise unfit("; ".join(found[:10]))
