# SPDX-License-Identifier: EUPL-1.2
"""Shared vehicles (GBFS 1.1 to 3.0), read: stations, where they are and how many vehicles they have."""
