# SPDX-License-Identifier: EUPL-1.2
"""For those who keep the registers."""
