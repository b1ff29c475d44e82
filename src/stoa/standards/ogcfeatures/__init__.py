# SPDX-License-Identifier: EUPL-1.2
"""OGC API Features (17-069r4 Part 1, 18-058r1 Part 2, 19-079r2 Part 3) as pure reading and writing of its documents."""
