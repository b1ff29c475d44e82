# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong with a decoder and with a payload; the words are for whoever writes decoders."""

from __future__ import annotations


class BadDecoder(ValueError):  # noqa: N818 - reads as what it is
    """The definition cannot be used; the text says where and why."""


class BadPayload(ValueError):  # noqa: N818 - reads as what it is
    """These bytes do not fit the definition; the text says why."""
