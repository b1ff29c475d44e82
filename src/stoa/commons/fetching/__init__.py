# SPDX-License-Identifier: EUPL-1.2
"""Fetching what others publish: files from web addresses and from folders, without being led astray.

Nothing here reads the content of a file; that is the work of `commons.reading`. The door is `door.py`.
"""
