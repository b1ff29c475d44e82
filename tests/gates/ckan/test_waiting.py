# SPDX-License-Identifier: EUPL-1.2
"""Which files a program waits for, and which are read in the background."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from stoa.gates.ckan.writing import PACKED_AT_ONCE, is_read_at_once

ZIP, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@pytest.mark.parametrize(
    ("start", "size", "at_once"),
    [
        (b"Name;", PACKED_AT_ONCE * 4, True),
        (b"Name;", PACKED_AT_ONCE * 21, False),
        (ZIP, PACKED_AT_ONCE, True),
        (ZIP, PACKED_AT_ONCE + 1, False),
        (OLD, PACKED_AT_ONCE + 1, False),
    ],
)
def test_a_spreadsheet_of_many_rows_is_read_in_the_background_whatever_it_is_called(start, size, at_once):
    upload = SimpleUploadedFile("trees.csv", start + bytes(size - len(start)))
    assert is_read_at_once(upload) is at_once
    assert upload.read(2) == start[:2], "who reads the file next must find its beginning"
