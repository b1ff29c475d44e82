# SPDX-License-Identifier: EUPL-1.2
"""NGSI-LD (ETSI GS CIM 009 V1.8.1) under `/ngsi-ld/v1/`: things of the observations as linked entities."""
