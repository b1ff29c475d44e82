# SPDX-License-Identifier: EUPL-1.2
"""Handing a finished file to the front door, which sends it in the parts that are asked for."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

HANDED = "X-Stoa-File"


def send_file(request: HttpRequest, path: Path, media_type: str, filename: str = "") -> HttpResponseBase:
    """The file by its place where a front stands before us, else its content."""
    response: HttpResponseBase
    if request.headers.get("X-Stoa-Front"):
        response = HttpResponse(content_type=media_type)
        response[HANDED] = str(path.absolute())
    else:
        response = FileResponse(path.open("rb"), content_type=media_type)
    response["ETag"] = etag_of(path)
    if filename:
        response["Content-Disposition"] = (
            content_disposition_header(as_attachment=True, filename=filename) or "attachment"
        )
    return response


def etag_of(path: Path) -> str:
    """Finished files never change, so name, size and time are as good as the content."""
    facts = path.stat()
    return f'"{hashlib.sha256(f"{path.name} {facts.st_size} {facts.st_mtime_ns}".encode()).hexdigest()[:24]}"'
