# SPDX-License-Identifier: EUPL-1.2
"""Addresses that network servers of LoRaWAN and single devices send to over HTTP."""
