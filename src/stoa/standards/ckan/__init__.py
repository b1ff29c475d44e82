# SPDX-License-Identifier: EUPL-1.2
"""CKAN's Action API 3 and DataStore as its own clients speak them: pure, no framework, no database."""
