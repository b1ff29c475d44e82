# SPDX-License-Identifier: EUPL-1.2
"""Reads, each with its query budget."""
