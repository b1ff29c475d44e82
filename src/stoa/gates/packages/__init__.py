# SPDX-License-Identifier: EUPL-1.2
"""Datasets as packages for tools: Data Package (Frictionless) and Croissant."""
