# SPDX-License-Identifier: EUPL-1.2
"""Observations and uplinks over MQTT: takes them from a broker, acknowledges after commit, and tells news back."""
