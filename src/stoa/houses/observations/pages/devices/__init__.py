# SPDX-License-Identifier: EUPL-1.2
"""The device console: what sends, how it is, and what its bytes mean."""
