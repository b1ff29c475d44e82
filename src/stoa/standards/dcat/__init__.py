# SPDX-License-Identifier: EUPL-1.2
"""DCAT-AP 3.0.1 with the rules for high-value datasets: from values to RDF nodes."""
