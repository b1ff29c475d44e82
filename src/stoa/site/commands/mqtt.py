# SPDX-License-Identifier: EUPL-1.2
"""`stoa mqtt config`: a hardened configuration for Mosquitto, made from the devices that have a key."""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from stoa.site.asking import in_django, say

PLATFORM = "stoa"


def register(subparsers: Any) -> None:
    """Options of `stoa mqtt`."""
    parser = subparsers.add_parser("mqtt", help="write the configuration of the MQTT broker")
    verbs = parser.add_subparsers(dest="verb", required=True)
    config = verbs.add_parser(
        "config",
        help="write mosquitto.conf, passwords and access rights into a folder",
        description="Writes mosquitto.conf, passwords and access into DIR: nobody without a name, each device only "
        "its own topics. Run it again after devices came or got new keys, then tell Mosquitto to read them (SIGHUP).",
    )
    config.add_argument("dir", type=Path, metavar="DIR")
    config.add_argument("--port", type=int, default=1883, help="port on this machine, without TLS")
    config.add_argument(
        "--tls-port", type=int, default=None, help="port for everybody, with TLS (certs in DIR/certs)"
    )
    config.add_argument(
        "--readers-port", action="append", default=[], metavar="[CITY=]PORT",
        help="port on which anybody may subscribe to open news and nobody may write; one for each city",
    )  # fmt: skip
    config.add_argument("--readers-tls", action="store_true", help="with TLS on the ports for readers too")
    config.add_argument(
        "--save", choices=("second", "change"), default="second",
        help="when the broker writes what it holds: every second or two, or at every change (slow; see the manual)",
    )  # fmt: skip
    parser.set_defaults(run=run)


@in_django
def run(args: argparse.Namespace) -> int:
    """Write the files and say what to do with them."""
    from stoa.commons.cities.acting import acting_in
    from stoa.commons.cities.queries import all_cities
    from stoa.houses.observations.door import devices

    folder = args.dir.expanduser().resolve()
    for part in ("store", "certs"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    password = _platform_password(folder, args.port)
    known = []
    for city in all_cities():
        with acting_in(city):
            known.append((city.slug, devices.writers(city)))
    try:
        readers = _readers(args.readers_port, [slug for slug, _writers in known])
    except ValueError as wrong:
        say(str(wrong))
        return 2
    files = devices.broker_files(
        known,
        folder=str(folder),
        ports=devices.Ports(args.port, args.tls_port, readers, args.readers_tls),
        platform=(PLATFORM, password),
        saves_every_change=args.save == "change",
    )
    for name, text in files.items():
        _write(folder / name, text)
    _give_to_mosquitto(folder, files)
    count = sum(len(writers) for _slug, writers in known)
    say(f"Written to {folder}: mosquitto.conf, passwords, access, readers ({count} devices with a key).")
    if (args.tls_port or args.readers_tls) and (lacking := _lacking_certificates(folder)):
        say(
            f"Not there yet: {', '.join(lacking)}. Put them there and run this again before you start the broker."
        )
    say(f"Start the broker:  mosquitto -c {folder / 'mosquitto.conf'}")
    say(f"Start the portal:  STOA_MQTT_URL_FILE={folder / 'stoa-url'} stoa up")
    return 0


def _readers(told: Iterable[str], cities: Sequence[str]) -> dict[str, int]:
    """Ports for readers by city. ValueError says what is wrong."""
    found = {}
    for each in told:
        city, _, port = each.rpartition("=")
        city = city or (cities[0] if len(cities) == 1 else "")
        if city not in cities or not port.isdigit():
            raise ValueError(f"--readers-port {each}: write CITY=PORT with one of {', '.join(cities)}")
        found[city] = int(port)
    return found


def _give_to_mosquitto(folder: Path, names: Iterable[str]) -> None:
    """Started as root, Mosquitto goes on as a user of its own, who must read these files again and write the store."""
    if os.geteuid() != 0:
        return
    with suppress(LookupError):  # no such user here: whoever starts it sees to that
        own = (folder / "store", folder / "certs", *(folder / name for name in names))
        # What a link leads to belongs to somebody else, who has to let Mosquitto read it.
        keys = [path for path in (folder / "certs").iterdir() if path.is_file() and not path.is_symlink()]
        for path in (*own, *keys):
            shutil.chown(path, "mosquitto")


def _lacking_certificates(folder: Path) -> list[str]:
    """The files that a port with TLS needs and that are not there."""
    needed = (folder / "certs" / name for name in ("fullchain.pem", "privkey.pem"))
    return [str(path) for path in needed if not path.exists()]


def _platform_password(folder: Path, port: int) -> str:
    """The portal's own password, which stays the same; kept in the file that STOA_MQTT_URL_FILE names."""
    kept = folder / "stoa-url"
    known = urlsplit(kept.read_text(encoding="utf-8").strip()).password if kept.exists() else ""
    password = known or secrets.token_urlsafe(32)
    _write(kept, f"mqtt://{PLATFORM}:{password}@127.0.0.1:{port}\n")
    return password


def _write(path: Path, text: str) -> None:
    """Only the owner may read it; a reader never sees half of it."""
    fresh = path.with_name(f"{path.name}.fresh")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
