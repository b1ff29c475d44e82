# SPDX-License-Identifier: EUPL-1.2
"""Payload decoders as data: a small declarative language for the bytes that sensors send, and its interpreter."""
