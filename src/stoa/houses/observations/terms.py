# SPDX-License-Identifier: EUPL-1.2
"""States, codes and kinds of observations in the words of the standards."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import IntEnum, StrEnum

from stoa.ground.words import N_


class Access(StrEnum):
    """Who may read a thing or a series."""

    OPEN = "open"
    INTERNAL = "internal"


class ResultType(StrEnum):
    """What the result of an observation is (OGC 18-088, observationType)."""

    NUMBER = "number"
    COUNT = "count"
    TRUTH = "truth"
    CATEGORY = "category"
    TEXT = "text"
    JSON = "json"


OM = "http://www.opengis.net/def/observationType/OGC-OM/2.0/"
OBSERVATION_TYPES = {
    ResultType.NUMBER: f"{OM}OM_Measurement",
    ResultType.COUNT: f"{OM}OM_CountObservation",
    ResultType.TRUTH: f"{OM}OM_TruthObservation",
    ResultType.CATEGORY: f"{OM}OM_CategoryObservation",
    ResultType.TEXT: f"{OM}OM_Observation",
    ResultType.JSON: "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_ComplexObservation",
}


class Quality(IntEnum):
    """Flag of an observation, in the codes of QARTOD (IODE primary level flags)."""

    PASS = 1
    NOT_EVALUATED = 2
    SUSPECT = 3
    FAIL = 4
    MISSING = 9


QUALITY_WORDS = {
    Quality.PASS: N_("good"),
    Quality.NOT_EVALUATED: N_("not judged"),
    Quality.SUSPECT: N_("doubtful"),
    Quality.FAIL: N_("bad"),
    Quality.MISSING: N_("missing"),
}
JUDGEMENTS = (Quality.PASS, Quality.SUSPECT, Quality.FAIL)
"""What people may say of values."""


class TileKind(StrEnum):
    """What a tile of the page that shows the city now holds."""

    SERIES = "series"
    GROUP = "group"
    MAP = "map"


TILE_KINDS = {
    TileKind.SERIES: N_("One value"),
    TileKind.GROUP: N_("All values of a property, as a list"),
    TileKind.MAP: N_("A map"),
}


class Trend(StrEnum):
    """Where a series is going."""

    RISING = "rising"
    FALLING = "falling"
    STEADY = "steady"


TREND_WORDS = {Trend.RISING: N_("rising"), Trend.FALLING: N_("falling"), Trend.STEADY: N_("steady")}


class Width(IntEnum):
    """How long a time bucket is. Days and longer follow the clock of the city."""

    HOUR = 1
    DAY = 2
    MONTH = 3
    YEAR = 4


PERCENTILES = (5, 25, 50, 75, 95)


class Way(StrEnum):
    """How an observation came in."""

    HTTP = "http"
    MQTT = "mqtt"
    PUSH = "push"
    DROP = "drop"
    POLL = "poll"
    PAGE = "page"


class Carrier(StrEnum):
    """How messages of a device come."""

    LORAWAN = "lorawan"
    HTTP = "http"
    MQTT = "mqtt"
    FEED = "feed"
    FILE = "file"


CARRIERS = {
    Carrier.LORAWAN: N_("LoRaWAN"),
    Carrier.HTTP: N_("It sends JSON over HTTP"),
    Carrier.MQTT: N_("It sends over MQTT"),
    Carrier.FEED: N_("A feed tells of it"),
    Carrier.FILE: N_("Files are brought in"),
}


class FeedKind(StrEnum):
    """What is at the address of a feed."""

    GBFS = "gbfs"
    JSON = "json"


FEEDS = {FeedKind.GBFS: N_("Shared vehicles (GBFS)"), FeedKind.JSON: N_("Any JSON, by a recipe")}


NO_RESULT_TIME = datetime(1000, 1, 1, tzinfo=UTC)
"""Stands for "no result time was told" in the key (datastream, phenomenon time, result time).

Not PostgreSQL's -infinity: Python has no such moment.
"""

WRITING_LOCK = 7_306_201
"""Advisory lock of PostgreSQL, held for one transaction: shared by every writer of observations (see the migration
`0004_writing`), and alone by whoever must know that no write is under way."""
ROLLING_LOCK = 5_783_116_802
"""Advisory lock of PostgreSQL: held by the roll of days into the lake, during which no hours are counted: half
of a day would be in the table and half in the lake."""


class GroupKind(StrEnum):
    """Which series of a department are one dataset."""

    PROPERTY = "property"
    THINGS = "things"
    CHOSEN = "chosen"


GROUP_KINDS = {
    GroupKind.PROPERTY: N_("All series of one property"),
    GroupKind.THINGS: N_("All series of things of one kind"),
    GroupKind.CHOSEN: N_("Only the series that you choose"),
}


class DropShape(StrEnum):
    """How a file tells values of several series."""

    WIDE = "wide"
    """A column for each series."""
    LONG = "long"
    """A row for each value, with the name of its series."""


DROP_SHAPES = {
    DropShape.WIDE: N_("One column for each series"),
    DropShape.LONG: N_("One row for each value, with the name of its series"),
}


class DropState(StrEnum):
    """How far a file of values is."""

    READING = "reading"
    READ = "read"
    CHECKING = "checking"
    CHECKED = "checked"
    WRITING = "writing"
    WRITTEN = "written"
    REFUSED = "refused"


DROP_STATES = {
    DropState.READING: N_("Being read"),
    DropState.READ: N_("Waits for you"),
    DropState.CHECKING: N_("Being checked"),
    DropState.CHECKED: N_("Waits for your yes"),
    DropState.WRITING: N_("Being written"),
    DropState.WRITTEN: N_("Written"),
    DropState.REFUSED: N_("Could not be read"),
}


class RuleKind(StrEnum):
    """What a rule watches for."""

    THRESHOLD = "threshold"
    RATE = "rate"
    MISSING = "missing"
    STUCK = "stuck"
    OUTLIER = "outlier"
    GEOFENCE = "geofence"
    COMBINATION = "combination"


RULE_KINDS = {
    RuleKind.THRESHOLD: N_("A value above or below a limit"),
    RuleKind.RATE: N_("A value that changes too quickly"),
    RuleKind.MISSING: N_("No values for too long"),
    RuleKind.STUCK: N_("The same value for too long"),
    RuleKind.OUTLIER: N_("A value unlike the same hour of past weeks"),
    RuleKind.GEOFENCE: N_("A thing that leaves or enters an area"),
    RuleKind.COMBINATION: N_("Several series at once"),
}


class Severity(StrEnum):
    """How bad it is, in the words of the Common Alerting Protocol 1.2 (3.2.2)."""

    MINOR = "minor"
    MODERATE = "moderate"
    SEVERE = "severe"
    EXTREME = "extreme"


SEVERITY_WORDS = {
    Severity.MINOR: N_("minor"),
    Severity.MODERATE: N_("moderate"),
    Severity.SEVERE: N_("severe"),
    Severity.EXTREME: N_("extreme"),
}


class AlertState(StrEnum):
    """Where an alert stands. Acknowledged: somebody sees to it, so nobody else is called."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    ENDED = "ended"


ALERT_STATES = {
    AlertState.OPEN: N_("open"),
    AlertState.ACKNOWLEDGED: N_("acknowledged"),
    AlertState.ENDED: N_("ended"),
}


class Channel(StrEnum):
    """By which way an alert is told."""

    EMAIL = "email"
    SMS = "sms"
    WEBHOOK = "webhook"
    MQTT = "mqtt"


CHANNEL_WORDS = {
    Channel.EMAIL: N_("E-mail"),
    Channel.SMS: N_("Text message"),
    Channel.WEBHOOK: N_("Web address that is called"),
    Channel.MQTT: N_("MQTT topic"),
}


class MessageKind(StrEnum):
    """What a message about an alert tells."""

    RAISED = "raised"
    ESCALATED = "escalated"
    ENDED = "ended"


MESSAGE_KINDS = {
    MessageKind.RAISED: N_("raised"),
    MessageKind.ESCALATED: N_("nobody had taken it over"),
    MessageKind.ENDED: N_("ended"),
}
SEVERITY_ORDER = tuple(Severity)
"""From the mildest to the worst."""
