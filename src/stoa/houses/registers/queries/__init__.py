# SPDX-License-Identifier: EUPL-1.2
"""Everything that is read from the registers, with how many queries it costs."""
