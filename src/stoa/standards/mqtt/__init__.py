# SPDX-License-Identifier: EUPL-1.2
"""MQTT 3.1.1 and 5 (OASIS) on the wire: as much of it as a client needs that takes messages and tells news. Pure."""
