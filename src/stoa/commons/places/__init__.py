# SPDX-License-Identifier: EUPL-1.2
"""Places in the database without PostGIS: bounding boxes that an index can search."""
