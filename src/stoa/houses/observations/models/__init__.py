# SPDX-License-Identifier: EUPL-1.2
"""The tables of the observations; every one is locked to its city."""

from stoa.houses.observations.models.alert import Alert, Rule, RuleSeries, WatchNews
from stoa.houses.observations.models.device import CityDecoder, Device, DeviceMessage, DeviceSeries, Feed
from stoa.houses.observations.models.drop import FileDrop, FileRecipe
from stoa.houses.observations.models.entities import EntityNews, EntitySubscription, LinkedContext, ToldSeries
from stoa.houses.observations.models.group import GroupedSeries, SeriesGroup
from stoa.houses.observations.models.history import FeatureSeries, HistoryFile, RemovedObservation
from stoa.houses.observations.models.observation import (
    DirtyBucket,
    FeatureOfInterest,
    Observation,
    Quarantined,
    SeriesBucket,
    SeriesState,
)
from stoa.houses.observations.models.page import NowTile, QualityMark
from stoa.houses.observations.models.replay import Replay
from stoa.houses.observations.models.series import Datastream, DatastreamPart, ObservedProperty, Sensor
from stoa.houses.observations.models.telling import AlertMessage, AlertRoute, WarningFollow
from stoa.houses.observations.models.thing import (
    HistoricalLocation,
    HistoricalPlace,
    Location,
    Thing,
    ThingLocation,
)

__all__ = [
    "Alert",
    "AlertMessage",
    "AlertRoute",
    "CityDecoder",
    "Datastream",
    "DatastreamPart",
    "Device",
    "DeviceMessage",
    "DeviceSeries",
    "DirtyBucket",
    "EntityNews",
    "EntitySubscription",
    "FeatureOfInterest",
    "FeatureSeries",
    "Feed",
    "FileDrop",
    "FileRecipe",
    "GroupedSeries",
    "HistoricalLocation",
    "HistoricalPlace",
    "HistoryFile",
    "LinkedContext",
    "Location",
    "NowTile",
    "Observation",
    "ObservedProperty",
    "QualityMark",
    "Quarantined",
    "RemovedObservation",
    "Replay",
    "Rule",
    "RuleSeries",
    "Sensor",
    "SeriesBucket",
    "SeriesGroup",
    "SeriesState",
    "Thing",
    "ThingLocation",
    "ToldSeries",
    "WarningFollow",
    "WatchNews",
]
