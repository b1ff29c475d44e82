# SPDX-License-Identifier: EUPL-1.2
"""What the city knows: immutable GeoParquet files, one folder a dataset version, read in place with DuckDB.

A version is written beside its place and moved there in one step; after that it never changes. Everything
else (the read-only table cache, tiles, whole-file downloads, differences) is derived, may be deleted at any
time and is made again on demand. Nothing here knows a dataset, a right or a web page; the door is `door.py`.
"""
