# SPDX-License-Identifier: EUPL-1.2
"""Keys to other catalogues: kept by the operator in files, never in the database, a page or a log."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.catalogue.models import HarvestSource
from stoa.houses.catalogue.terms import HarvestKind

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")


def keys_folder() -> Path:
    """Where the operator puts the files, each one line: host name, blank, key."""
    return Path(settings.ENVIRONMENT.home) / "harvest-keys"


def trusted_hosts(source_url: str) -> list[str]:
    """Of the inner hosts that the operator allows only that of the catalogue itself.

    What a catalogue leads to (pages, redirects, files) was written by strangers: it must not open other doors.
    """
    host = (urlsplit(source_url).hostname or "").lower()
    if not host:  # a folder
        return []
    allowed = settings.ENVIRONMENT.allowed_private_hosts
    return [entry for entry in allowed if entry.lower() == host or entry.lower().rpartition(":")[0] == host]


def authorization_of(source: HarvestSource, url: str) -> str:
    """What stands in the `Authorization` header for this address; empty without a key file.

    A key goes to the host that its file names and to no other, so that nobody can send it elsewhere by
    changing an address. Raises `Refused`.
    """
    if not source.token_name:
        return ""
    host, key = _read(source.token_name)
    if (urlsplit(url).hostname or "").lower() != host:
        if (urlsplit(source.url).hostname or "").lower() != host:
            raise Refused(
                Problem(
                    "harvest.key_of_another_host",
                    say("The key file “%(name)s” is for another server.", name=source.token_name),
                    say("A key is sent to the server that its file names, and to no other."),
                    say("Ask the operator for a key file of this server."),
                    "token_name",
                )
            )
        return ""
    return key if source.kind == HarvestKind.CKAN else f"Bearer {key}"


def _read(name: str) -> tuple[str, str]:
    try:
        if not _NAME.fullmatch(name):
            raise ValueError(name)
        words = (keys_folder() / name).read_text(encoding="utf-8").split()
        host, key = words[0].lower(), words[1]
    except (OSError, ValueError, IndexError):
        raise Refused(
            Problem(
                "harvest.key_missing",
                say("There is no key file “%(name)s”.", name=name[:80]),
                say("That catalogue asks for a key, which only the operator can put in place."),
                say("Ask the operator to put a file with host name and key into the folder harvest-keys."),
                "token_name",
            )
        ) from None
    return host, key
