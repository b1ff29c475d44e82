# SPDX-License-Identifier: EUPL-1.2
"""What may be done in the catalogue, and which roles may do it."""

from __future__ import annotations

from enum import StrEnum

from stoa.commons.roles.book import BOOK, MANAGER, OFFICER, READER, STEWARD
from stoa.ground.words import N_


class Permission(StrEnum):
    """Rights of the catalogue."""

    ADD_DATASET = "catalogue.add_dataset"
    EDIT_DATASET = "catalogue.edit_dataset"
    PUBLISH_DATASET = "catalogue.publish_dataset"
    RETIRE_DATASET = "catalogue.retire_dataset"
    RELEASE_PERSONAL = "catalogue.release_personal"
    SEE_DRAFTS = "catalogue.see_drafts"
    SEE_ENTITLED = "catalogue.see_entitled"
    SEE_INTERNAL = "catalogue.see_internal"
    ANSWER_REPORT = "catalogue.answer_report"
    WRITE_STORY = "catalogue.write_story"
    PUBLISH_STORY = "catalogue.publish_story"
    KEEP_HARVEST = "catalogue.keep_harvest"
    CHECK_CONTRIBUTION = "catalogue.check_contribution"
    ANSWER_REQUEST = "catalogue.answer_request"
    GRANT_ACCESS = "catalogue.grant_access"
    CHANGE_POLICY = "catalogue.change_policy"


DESCRIPTIONS = {
    Permission.ADD_DATASET: N_("Bring in a file as a new dataset of a department"),
    Permission.EDIT_DATASET: N_("Describe a dataset, change how its file is read, send it to review"),
    Permission.PUBLISH_DATASET: N_(
        "Publish a reviewed dataset, send it back, or go back to an earlier version"
    ),
    Permission.RETIRE_DATASET: N_("Take a dataset out of the offer"),
    Permission.RELEASE_PERSONAL: N_("Release a column with personal data by name and with a reason"),
    Permission.SEE_DRAFTS: N_("See drafts and what is in review"),
    Permission.SEE_ENTITLED: N_("See the rows of datasets that are open to the administration"),
    Permission.SEE_INTERNAL: N_("See internal datasets and those on request"),
    Permission.ANSWER_REPORT: N_("Answer people who say that a row is wrong"),
    Permission.WRITE_STORY: N_("Write stories with charts and maps for a department"),
    Permission.PUBLISH_STORY: N_("Publish a story, or take it back"),
    Permission.KEEP_HARVEST: N_("Bring in the datasets of other catalogues"),
    Permission.CHECK_CONTRIBUTION: N_(
        "Check re-uses and comments before they are shown, and answer comments"
    ),
    Permission.ANSWER_REQUEST: N_("Answer requests for data"),
    Permission.GRANT_ACCESS: N_("Give named people access to rows that are not open, and take it back"),
    Permission.CHANGE_POLICY: N_(
        "Set the promised time for answers, the terms of access and the assumptions about value"
    ),
}

_OFFICER = (
    Permission.ADD_DATASET,
    Permission.EDIT_DATASET,
    Permission.SEE_DRAFTS,
    Permission.SEE_ENTITLED,
    Permission.SEE_INTERNAL,
    Permission.ANSWER_REPORT,
    Permission.WRITE_STORY,
    Permission.PUBLISH_STORY,
    Permission.CHECK_CONTRIBUTION,
    Permission.ANSWER_REQUEST,
    Permission.GRANT_ACCESS,
)


def register() -> None:
    """Add the catalogue's rights to the city's roles; called once at start."""
    BOOK.extend(
        {
            OFFICER: _OFFICER,
            STEWARD: tuple(Permission),
            READER: (Permission.SEE_ENTITLED,),
            MANAGER: (Permission.SEE_ENTITLED,),
        }
    )
