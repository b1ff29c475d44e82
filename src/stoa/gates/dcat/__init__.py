# SPDX-License-Identifier: EUPL-1.2
"""The catalogue as DCAT-AP 3.0.1, whole, in pages and dataset by dataset: what national portals harvest."""
