# SPDX-License-Identifier: EUPL-1.2
"""Every verb that writes in the registers."""
