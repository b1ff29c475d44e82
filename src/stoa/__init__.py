# SPDX-License-Identifier: EUPL-1.2
"""Stoa, the open city platform: a municipality's data becomes services, and shows that they work."""
