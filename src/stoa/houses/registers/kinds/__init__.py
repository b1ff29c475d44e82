# SPDX-License-Identifier: EUPL-1.2
"""The kinds that ship with the product, one file each; every file can be read as its own documentation."""

from __future__ import annotations

from stoa.houses.registers.kinds.sensors import SENSORS
from stoa.houses.registers.rules.declaring import Kind, several

SHIPPED: dict[str, Kind] = several((SENSORS,))
"""By short name, in the order of the page of all registers."""
