# SPDX-License-Identifier: EUPL-1.2
"""Which folders of the server may be read."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say


def refuse_foreign_folder(place: str, field: str = "place") -> None:
    """A folder source reads the server's own disk, so only folders that the operator named may be read."""
    allowed = [Path(folder).resolve() for folder in settings.ENVIRONMENT.source_folders]
    folder = Path(place).resolve()
    if any(folder == root or root in folder.parents for root in allowed):
        return
    raise Refused(
        Problem(
            "catalogue.folder_forbidden",
            say("This folder may not be read."),
            say(
                "Sources read the server's own disk, so the operator names the folders (STOA_SOURCE_FOLDERS)."
            ),
            say("Ask the operator to add the folder, or send the file here."),
            field,
        )
    )
