# SPDX-License-Identifier: EUPL-1.2
"""Large uploads are gathered beside the place where files are kept, so that keeping them is one more name for them."""

from __future__ import annotations

import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler


def uploads_folder() -> Path:
    """On the same file system as the files; everything in it may be deleted when its request is over."""
    folder = Path(settings.STOA_WORK) / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


class NearbyUploadedFile(TemporaryUploadedFile):
    """An upload in a file of its own in `uploads_folder`."""

    def __init__(
        self,
        name: str,
        content_type: str | None,
        size: int | None,
        charset: str | None,
        content_type_extra: dict[str, Any] | None = None,
    ) -> None:
        file = tempfile.NamedTemporaryFile(suffix=".upload", dir=uploads_folder())  # noqa: SIM115
        UploadedFile.__init__(self, file, name, content_type, size, charset, content_type_extra)


class NearbyUploadHandler(TemporaryFileUploadHandler):
    """Takes what is too large for memory."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        FileUploadHandler.new_file(self, *args, **kwargs)
        self.file = NearbyUploadedFile(
            self.file_name or "", self.content_type, 0, self.charset, self.content_type_extra
        )


def sweep_uploads(older_than_s: float = 86_400) -> int:
    """Delete what killed processes left behind; the number of files."""
    removed = 0
    for path in uploads_folder().iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - older_than_s:
                path.unlink()
                removed += 1
    return removed
