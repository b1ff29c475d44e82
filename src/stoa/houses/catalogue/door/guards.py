# SPDX-License-Identifier: EUPL-1.2
"""Houses whose data stands in datasets say which of these must not be opened; asked before more people may read one."""

from __future__ import annotations

from stoa.houses.catalogue.actions.opening import Guard, add_guard, keep_closed

__all__ = ["Guard", "add_guard", "keep_closed"]
