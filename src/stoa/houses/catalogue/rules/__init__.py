# SPDX-License-Identifier: EUPL-1.2
"""What decides in the catalogue: pure functions over plain values, each with its reason."""
