# SPDX-License-Identifier: EUPL-1.2
"""OGC Common Query Language CQL2 (21-065r2): conditions on features as text or JSON, read into one tree.

Read by hand and not by a library: a filter comes from anybody, so that depth, size and time must be bounded
before anything is done with it, and whole numbers must stay whole.
"""
