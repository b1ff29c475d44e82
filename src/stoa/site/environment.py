# SPDX-License-Identifier: EUPL-1.2
"""The settings that an operator may give, read once from the environment (prefix `STOA_`).

A secret may stand in a file: `STOA_SECRET_KEY_FILE=/run/secrets/key` instead of `STOA_SECRET_KEY`.
The table in `docs/reference/settings.md` is made from the descriptions here; a test keeps it so.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from stoa.site.front_caller import networks, public_address
from stoa.site.home import HomeTrouble, no_object_store

Words = Annotated[tuple[str, ...], NoDecode]


_LISTS = (
    "hosts", "allowed_private_hosts", "source_folders", "trusted_proxies", "mqtt_subscribe_at", "mqtt_publish_at",
)  # fmt: skip


class Environment(BaseSettings):
    """What the operator decides; everything else has one good value and is not a setting."""

    model_config = SettingsConfigDict(env_prefix="STOA_", extra="ignore")

    home: Path = Field(Path(".stoa"), description="The data folder: database, lake, files, secrets.")
    host: str = Field("127.0.0.1", description="The address that the portal listens on.")
    port: int = Field(8000, description="The port that the portal listens on.", ge=1, le=65535)
    public_url: str = Field(
        "", description="The address that people see, e.g. `https://data.town.example`; empty: as asked."
    )
    hosts: Words = Field(
        (), description="Host names that are answered, by commas; empty: all (behind a proxy, name them)."
    )
    lake: Path | None = Field(None, description="Folder of the lake; empty: `lake` in the data folder.")
    database_url: str = Field(
        "",
        validation_alias="DATABASE_URL",
        description="A PostgreSQL of your own (16 or newer), `postgresql://user:password@host/name`; empty: Stoa's own.",
    )
    owner_database_url: str = Field(
        "",
        description="The same database as the owner of its tables, for migrations; empty: DATABASE_URL is used for both.",
    )
    ingest_database_url: str = Field(
        "",
        description="The same database as a role that writes observations by COPY (BYPASSRLS); empty: DATABASE_URL, slower.",
    )
    super_database_url: str = Field(
        "",
        description="The same database as a role that sees every row, for backups of a server of your own.",
    )
    trusted_proxies: Words = Field(
        (),
        description="Addresses or networks of web servers in front, by commas; only they may say who calls "
        "(`X-Forwarded-For`, `-Proto`, `-Host`, `-Port`).",
    )
    secret_key: str = Field(
        "", description="Signs sessions and links; empty: made once and kept in the data folder."
    )
    debug: bool = Field(
        False, description="Show details of defects in the browser. Never on a public install."
    )
    smtp_url: str = Field(
        "",
        description="Where mail goes: `smtp://user:password@host:587`; empty: mail is kept as files in the data folder.",
    )
    mail_from: str = Field("stoa@localhost", description="The sender of mail.")
    sms_url: str = Field(
        "",
        description="Where text messages go: the HTTP interface of a gateway, called by POST; empty: none are sent.",
    )
    sms_key: str = Field(
        "",
        description="Key at that gateway, sent as `Authorization: Bearer`, or where `{key}` stands in the body.",
    )
    sms_body: str = Field(
        "",
        description="What it wants: JSON or `to={to}&text={text}&from={sender}`; empty: JSON with `to`, `text`, `from`.",
    )
    sms_sender: str = Field("", description="The sender that text messages show, a number or a name.")
    allowed_private_hosts: Words = Field(
        (),
        description="Hosts in private networks that sources may be fetched from, by commas, each `host` or `host:port`.",
    )
    source_folders: Words = Field(
        (), description="Folders on the server that sources may be read from, by commas."
    )
    drop_folder: Path | None = Field(
        None,
        description="A folder in which files of values are watched for, `<city>/<recipe>/`: each is written into its series "
        "and moved to `done` or `refused` with a report beside; empty: none.",
    )
    oidc_url: str = Field(
        "",
        description="Issuer address of an OpenID Connect provider for sign-in; empty: local accounts only.",
    )
    oidc_client: str = Field("", description="Client id at that provider.")
    oidc_secret: str = Field("", description="Client secret at that provider.")
    oidc_name: str = Field("OpenID Connect", description="What the sign-in button calls that provider.")
    basemap: Path | None = Field(
        None,
        description="An OpenStreetMap extract (`.osm.pbf`), that `stoa basemap` builds the base map from; empty: plain ground.",
    )
    mqtt_url: str = Field(
        "",
        description="A broker whose messages are taken: `mqtt://user:password@host:1883`, with TLS `mqtts://`; empty: none.",
    )
    mqtt_ca: str = Field(
        "",
        description="A file with the certificate authority of that broker; empty: the system's. Brokers that alerts and "
        "notifications go to may have it too.",
    )
    mqtt_allow_anybody: bool = Field(
        False, description="Take messages from a broker that lets anybody write. Only for trials."
    )
    mqtt_subscribe_at: Words = Field(
        (),
        description="Where anybody may subscribe over MQTT, as SensorThings says it to programs: "
        "`mqtts://host:8884`; with several cities `city=mqtts://host:8884`, by commas.",
    )
    mqtt_publish_at: Words = Field(
        (), description="Where sensors with a key publish over MQTT, written like STOA_MQTT_SUBSCRIBE_AT."
    )
    lake_memory_mib: int = Field(500, description="Memory of one engine that reads the lake, in MiB.", ge=100)

    @model_validator(mode="before")
    @classmethod
    def secrets_from_files(cls, given: dict[str, Any]) -> dict[str, Any]:
        """`STOA_X_FILE` names a file that holds `STOA_X`."""
        for name in ("secret_key", "smtp_url", "oidc_secret", "mqtt_url", "sms_key", "sms_url"):
            file = os.environ.get(f"STOA_{name.upper()}_FILE")
            if file and not given.get(name):
                given[name] = Path(file).read_text(encoding="utf-8").strip()
        for name in _LISTS:
            if isinstance(given.get(name), str):
                given[name] = tuple(part.strip() for part in given[name].split(",") if part.strip())
        return given

    @field_validator("public_url")
    @classmethod
    def public_url_is_whole(cls, told: str) -> str:
        """Scheme, host name and port, without a slash at its end: browsers and programs compare it so."""
        return public_address(told) if told.strip() else ""

    @field_validator("trusted_proxies")
    @classmethod
    def trusted_proxies_are_addresses(cls, told: Words) -> Words:
        networks(told)
        return told

    @field_validator("lake", mode="before")
    @classmethod
    def lake_is_a_folder(cls, told: object) -> object:
        """An address of an object store must not be taken for the name of a folder."""
        if isinstance(told, str) and told:
            no_object_store(told)
        return told

    @property
    def lake_folder(self) -> Path:
        return (self.lake or self.home / "lake").absolute()


def answered_hosts(hosts: Words, public_url: str) -> list[str]:
    """The host names that are answered; that of the public address needs not be named again."""
    public = urlsplit(public_url).hostname
    return [*hosts, *([public] if public and public not in hosts else [])] if hosts else ["*"]


def checked() -> Environment:
    """The settings as they stand in the environment now; HomeTrouble says in plain words which one is wrong."""
    try:
        return Environment()  # type: ignore[call-arg]
    except ValidationError as error:
        told = "; ".join(
            f"STOA_{'_'.join(map(str, one['loc'])).upper()}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors(include_url=False, include_input=False)
        )
        raise HomeTrouble(
            f"A setting is wrong. {told}. All are described in docs/reference/settings.md."
        ) from None
    except OSError as error:
        raise HomeTrouble(f"The file of a secret cannot be read: {error}") from None
