# SPDX-License-Identifier: EUPL-1.2
"""For officers."""
