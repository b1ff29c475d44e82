# SPDX-License-Identifier: EUPL-1.2
"""OGC SensorThings API 1.1 under `/sta/v1.1`: the city's things, series and observations, to read and to write."""
