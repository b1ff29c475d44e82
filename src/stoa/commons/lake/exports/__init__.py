# SPDX-License-Identifier: EUPL-1.2
"""Downloads: a version, or a filtered view of it, as a file in the format that somebody asks for.

Files are derived: they stand in the cache below their version, are made once, and may be deleted at any time.
The door is `door.py`.
"""
