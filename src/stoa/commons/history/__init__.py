# SPDX-License-Identifier: EUPL-1.2
"""Series in the lake: Parquet files of a span of time each, sorted by series and time, and their Iceberg table."""
