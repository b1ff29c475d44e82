# SPDX-License-Identifier: EUPL-1.2
"""CKAN's Action API 3 and DataStore: programs written for CKAN work unchanged."""
