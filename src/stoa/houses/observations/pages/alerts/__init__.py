# SPDX-License-Identifier: EUPL-1.2
"""Alerts: the desk of those who answer them, the link in a message, and what the public is warned of."""
