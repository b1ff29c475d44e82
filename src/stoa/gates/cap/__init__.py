# SPDX-License-Identifier: EUPL-1.2
"""Public warnings as CAP 1.2, and the feed of them."""
