# SPDX-License-Identifier: EUPL-1.2
"""OGC SensorThings API 1.1, Part 1: Sensing (18-088) as a pure codec: addresses, questions, bodies and answers."""
