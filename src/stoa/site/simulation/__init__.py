# SPDX-License-Identifier: EUPL-1.2
"""A town that does not exist, with its streets, its people and its data, grown from one number."""

from stoa.site.simulation.building import build

__all__ = ["build"]
