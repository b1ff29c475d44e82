# SPDX-License-Identifier: EUPL-1.2
"""The catalogue's tables; every one is locked to its city."""

from stoa.houses.catalogue.models.dataset import Dataset, PersonalRelease, Source
from stoa.houses.catalogue.models.delivery import Delivery
from stoa.houses.catalogue.models.harvest import Harvested, HarvestRun, HarvestSource, RemoteFile
from stoa.houses.catalogue.models.row_report import RowReport
from stoa.houses.catalogue.models.usage import UsageDay
from stoa.houses.catalogue.models.version import QualityReport, Version

__all__ = [
    "Dataset",
    "Delivery",
    "HarvestRun",
    "HarvestSource",
    "Harvested",
    "PersonalRelease",
    "QualityReport",
    "RemoteFile",
    "RowReport",
    "Source",
    "UsageDay",
    "Version",
]
