# SPDX-License-Identifier: EUPL-1.2
"""Background work: counting buckets, rolling days to the lake, watching rules."""
