# SPDX-License-Identifier: EUPL-1.2
"""States, access levels and error codes of the catalogue."""

from __future__ import annotations

from enum import StrEnum

from stoa.ground.words import N_


class State(StrEnum):
    """Where a dataset is on its way to the public."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    RETIRED = "retired"


class Access(StrEnum):
    """Who may see the rows of a published dataset. Its description is always public, except for `internal`."""

    OPEN = "open"
    ENTITLED = "entitled"
    """People of the administration."""
    ON_REQUEST = "on_request"
    """People who were given access after asking; until then the owner's department and stewards."""
    INTERNAL = "internal"
    """The owner's department and stewards; not even the description is public."""


class DeliveryState(StrEnum):
    """Where a file is on its way into a dataset."""

    WAITING = "waiting"
    READING = "reading"
    READY = "ready"
    PUBLISHING = "publishing"
    REFUSED = "refused"
    """Could not be read; the problem says why."""
    HELD = "held"
    """Readable, but it departs from the agreed recipe: somebody has to look."""
    UNCHANGED = "unchanged"
    """Same content as the current version: nothing to publish."""
    PUBLISHED = "published"
    DISCARDED = "discarded"


class Origin(StrEnum):
    """How a file came."""

    UPLOAD = "upload"
    URL = "url"
    FOLDER = "folder"
    COMMAND = "command"
    VIEW = "view"
    """The answer to a saved question."""


class Rhythm(StrEnum):
    """How often news of the whole portal are sent."""

    DAILY = "daily"
    WEEKLY = "weekly"


class StoryState(StrEnum):
    """Whether everybody can read a story."""

    DRAFT = "draft"
    PUBLISHED = "published"


class HarvestKind(StrEnum):
    """Which language another catalogue speaks."""

    CKAN = "ckan"
    DCAT = "dcat"
    """DCAT or DCAT-AP as RDF/XML, Turtle or JSON-LD; also what ArcGIS Hub and Stoa give out."""
    DATA_JSON = "data_json"
    """Project Open Data metadata 1.1, with a schema of its own beside DCAT."""
    OGC_FEATURES = "ogc_features"
    OGC_RECORDS = "ogc_records"
    WFS = "wfs"
    ARCGIS = "arcgis"
    STOA = "stoa"
    """Another install of this platform."""
    FILES = "files"
    """A plain list of addresses, one a line."""
    FOLDER = "folder"
    """A folder on the server: catalogues as files, and files of data."""


class RunState(StrEnum):
    """What became of a run through another catalogue."""

    RUNNING = "running"
    DONE = "done"
    HELD = "held"
    """Read whole, but more than half had vanished: nothing was taken away, somebody has to look."""
    BROKEN = "broken"
    """Ended early; what had been read stands."""


class ReportState(StrEnum):
    """What became of 'this row is wrong'."""

    OPEN = "open"
    MENDED = "mended"
    RIGHT_AS_IT_IS = "right_as_it_is"
    CANNOT_SAY = "cannot_say"


class UsageKind(StrEnum):
    """What a use of a dataset was."""

    PAGE = "page"
    DOWNLOAD = "download"
    API = "api"
    TILE = "tile"
    SQL = "sql"


class CheckState(StrEnum):
    """Whether what somebody sent in is shown."""

    WAITING = "waiting"
    SHOWN = "shown"
    REFUSED = "refused"


class ReuseKind(StrEnum):
    """What was made with the data."""

    APPLICATION = "application"
    ARTICLE = "article"
    STUDY = "study"
    VISUALISATION = "visualisation"
    SERVICE = "service"
    TEACHING = "teaching"
    OTHER = "other"


class RequestState(StrEnum):
    """What became of a request for data."""

    WAITING = "waiting"
    """Nobody looked at it yet, so it is not public."""
    OPEN = "open"
    """Public, and to be answered by the promised day."""
    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"
    NOT_SHOWN = "not_shown"
    """Is no request for data; never public."""


class AccessState(StrEnum):
    """What became of a request for access to rows that are not open."""

    WAITING = "waiting"
    GRANTED = "granted"
    REFUSED = "refused"


class Part(StrEnum):
    """The parts of the quality score (after ISO/IEC 25012 and the five stars of open data)."""

    COMPLETENESS = "completeness"
    VALIDITY = "validity"
    UNIQUENESS = "uniqueness"
    TIMELINESS = "timeliness"
    OPENNESS = "openness"
    DOCUMENTATION = "documentation"


STATE_LABELS = {
    State.DRAFT: N_("Draft"),
    State.REVIEW: N_("In review"),
    State.PUBLISHED: N_("Published"),
    State.RETIRED: N_("Retired"),
}
ACCESS_LABELS = {
    Access.OPEN: N_("Open to everybody"),
    Access.ENTITLED: N_("Open to the administration"),
    Access.ON_REQUEST: N_("On request"),
    Access.INTERNAL: N_("Internal"),
}
PART_LABELS = {
    Part.COMPLETENESS: N_("Completeness"),
    Part.VALIDITY: N_("Validity"),
    Part.UNIQUENESS: N_("Uniqueness"),
    Part.TIMELINESS: N_("Timeliness"),
    Part.OPENNESS: N_("Openness"),
    Part.DOCUMENTATION: N_("Documentation"),
}
DELIVERY_LABELS = {
    DeliveryState.WAITING: N_("Waiting"),
    DeliveryState.READING: N_("Being read"),
    DeliveryState.READY: N_("Read"),
    DeliveryState.PUBLISHING: N_("Being published"),
    DeliveryState.REFUSED: N_("Could not be read"),
    DeliveryState.HELD: N_("Held: it differs from what was agreed"),
    DeliveryState.UNCHANGED: N_("Nothing new"),
    DeliveryState.PUBLISHED: N_("Published"),
    DeliveryState.DISCARDED: N_("Discarded"),
}
HARVEST_LABELS = {
    HarvestKind.CKAN: N_("CKAN portal"),
    HarvestKind.DCAT: N_("DCAT catalogue (RDF, Turtle, JSON-LD)"),
    HarvestKind.DATA_JSON: N_("data.json"),
    HarvestKind.OGC_FEATURES: N_("OGC API Features"),
    HarvestKind.OGC_RECORDS: N_("OGC API Records"),
    HarvestKind.WFS: N_("WFS 2.0"),
    HarvestKind.ARCGIS: N_("ArcGIS REST services"),
    HarvestKind.STOA: N_("another Stoa"),
    HarvestKind.FILES: N_("List of web addresses"),
    HarvestKind.FOLDER: N_("Folder on the server"),
}
RHYTHM_LABELS = {
    Rhythm.DAILY: N_("Every day on which something is new"),
    Rhythm.WEEKLY: N_("Once a week"),
}
RUN_LABELS = {
    RunState.RUNNING: N_("Running"),
    RunState.DONE: N_("Done"),
    RunState.HELD: N_("Held: more than half had vanished"),
    RunState.BROKEN: N_("Ended early"),
}
REPORT_LABELS = {
    ReportState.OPEN: N_("Open"),
    ReportState.MENDED: N_("Mended"),
    ReportState.RIGHT_AS_IT_IS: N_("Right as it is"),
    ReportState.CANNOT_SAY: N_("Cannot be settled"),
}
CHECK_LABELS = {
    CheckState.WAITING: N_("Waits for a look"),
    CheckState.SHOWN: N_("Shown"),
    CheckState.REFUSED: N_("Not shown"),
}
REUSE_LABELS = {
    ReuseKind.APPLICATION: N_("Application"),
    ReuseKind.ARTICLE: N_("Article"),
    ReuseKind.STUDY: N_("Study"),
    ReuseKind.VISUALISATION: N_("Visualisation"),
    ReuseKind.SERVICE: N_("Service"),
    ReuseKind.TEACHING: N_("Teaching"),
    ReuseKind.OTHER: N_("Something else"),
}
REQUEST_LABELS = {
    RequestState.WAITING: N_("Waits for a look"),
    RequestState.OPEN: N_("Open"),
    RequestState.GRANTED: N_("Granted"),
    RequestState.PARTLY: N_("Granted in part"),
    RequestState.REFUSED: N_("Refused"),
    RequestState.NOT_SHOWN: N_("Not shown"),
}
ACCESS_STATE_LABELS = {
    AccessState.WAITING: N_("Waits for a decision"),
    AccessState.GRANTED: N_("Granted"),
    AccessState.REFUSED: N_("Refused"),
}
USAGE_LABELS = {
    UsageKind.PAGE: N_("Pages"),
    UsageKind.DOWNLOAD: N_("Downloads"),
    UsageKind.API: N_("API calls"),
    UsageKind.TILE: N_("Map tiles"),
    UsageKind.SQL: N_("SQL questions"),
}
