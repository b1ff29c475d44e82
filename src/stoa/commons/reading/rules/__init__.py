# SPDX-License-Identifier: EUPL-1.2
"""What decides about a file: pure functions from cells and counts to guesses with reasons; no DuckDB."""
