# SPDX-License-Identifier: EUPL-1.2
"""The way in for gates, commands and houses on higher streets: frozen values in and out."""
