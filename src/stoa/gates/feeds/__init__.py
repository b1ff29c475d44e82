# SPDX-License-Identifier: EUPL-1.2
"""What is new, for feed readers, and what there is, for search engines."""
