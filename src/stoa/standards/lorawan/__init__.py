# SPDX-License-Identifier: EUPL-1.2
"""LoRaWAN uplinks as network servers hand them on: The Things Stack, ChirpStack, LORIOT, ThingPark. Pure codecs."""
