# SPDX-License-Identifier: EUPL-1.2
"""Reads of the catalogue; rights are in every query, and each has a query budget in its test."""
