# SPDX-License-Identifier: EUPL-1.2
"""The base map: what lies below the data of every map, built once from an extract of OpenStreetMap."""
