# SPDX-License-Identifier: EUPL-1.2
"""NGSI-LD (ETSI GS CIM 009 V1.8.1): entities with attributes that are named by the web's addresses.

Inside, an entity's attributes are one plain document: `{IRI: [instance, ...]}`, each instance a normalized
attribute (`{"type": "Property", "value": ...}`) whose sub-attributes stand under their IRIs in the same way. Members
of the standard have no colon in their names and IRIs always have one, so the two cannot be mistaken.
"""
