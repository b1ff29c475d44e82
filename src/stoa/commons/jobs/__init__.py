# SPDX-License-Identifier: EUPL-1.2
"""Background work and events: written in the same transaction as the change, done after it."""
