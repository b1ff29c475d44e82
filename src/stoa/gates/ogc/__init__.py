# SPDX-License-Identifier: EUPL-1.2
"""OGC API under `/ogc/`: Features, Tiles and Records of the catalogue's datasets."""
