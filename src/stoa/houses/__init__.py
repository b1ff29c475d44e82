# SPDX-License-Identifier: EUPL-1.2
"""The houses, each with the same rooms; they stand on streets (see `.importlinter`)."""
