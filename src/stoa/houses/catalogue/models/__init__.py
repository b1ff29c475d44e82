# SPDX-License-Identifier: EUPL-1.2
"""The catalogue's tables; every one is locked to its city."""

from stoa.houses.catalogue.models.access import AccessGrant, AccessRequest
from stoa.houses.catalogue.models.comment import Comment
from stoa.houses.catalogue.models.data_request import DataRequest, RequestVote
from stoa.houses.catalogue.models.dataset import Dataset, PersonalRelease, Source
from stoa.houses.catalogue.models.delivery import Delivery
from stoa.houses.catalogue.models.derived import Lineage, SavedQuery, Story
from stoa.houses.catalogue.models.federation import Republisher, UsedElsewhere
from stoa.houses.catalogue.models.follow import Follow, PortalFollow
from stoa.houses.catalogue.models.generation import Generation
from stoa.houses.catalogue.models.harvest import Harvested, HarvestRun, HarvestSource, RemoteFile
from stoa.houses.catalogue.models.policy import OpenDataPolicy
from stoa.houses.catalogue.models.reuse import Reuse, ReuseDataset
from stoa.houses.catalogue.models.row_report import RowReport
from stoa.houses.catalogue.models.usage import UsageDay
from stoa.houses.catalogue.models.version import QualityReport, Version

__all__ = [
    "AccessGrant",
    "AccessRequest",
    "Comment",
    "DataRequest",
    "Dataset",
    "Delivery",
    "Follow",
    "Generation",
    "HarvestRun",
    "HarvestSource",
    "Harvested",
    "Lineage",
    "OpenDataPolicy",
    "PersonalRelease",
    "PortalFollow",
    "QualityReport",
    "RemoteFile",
    "Republisher",
    "RequestVote",
    "Reuse",
    "ReuseDataset",
    "RowReport",
    "SavedQuery",
    "Source",
    "Story",
    "UsageDay",
    "UsedElsewhere",
    "Version",
]
