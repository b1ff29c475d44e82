# SPDX-License-Identifier: EUPL-1.2
"""Where the catalogue holds something on people with an account."""

from __future__ import annotations

from stoa.commons.people.own_data import Own
from stoa.ground.words import say
from stoa.houses.catalogue.models import (
    AccessGrant,
    AccessRequest,
    Comment,
    DataRequest,
    Delivery,
    Follow,
    PersonalRelease,
    PortalFollow,
    RequestVote,
    Reuse,
    RowReport,
    Version,
)

OWN_DATA = (
    Own(
        "files",
        say("Files that you sent"),
        Delivery,
        "by_id",
        ("dataset__slug", "name", "note", "by_name", "came_at"),
    ),
    Own(
        "versions",
        say("Versions that you published"),
        Version,
        "by_id",
        ("dataset__slug", "number", "note", "by_name", "made_at"),
    ),
    Own(
        "releases",
        say("Personal data that you released"),
        PersonalRelease,
        "by_id",
        ("dataset__slug", "column", "kind", "reason", "by_name"),
    ),
    Own(
        "access",
        say("Access that you were given"),
        AccessGrant,
        "person_id",
        ("dataset__slug", "until_on", "made_at", "revoked_at", "revoked_why"),
    ),
    Own(
        "access_requests",
        say("Requests for access"),
        AccessRequest,
        "email",
        (
            "dataset__slug",
            "name",
            "organisation",
            "email",
            "purpose",
            "wanted_until_on",
            "agreement",
            "state",
            "reason",
            "made_at",
            "decided_at",
        ),
    ),
    Own(
        "comments",
        say("Comments"),
        Comment,
        "email",
        ("dataset__slug", "text", "by_name", "email", "state", "reason", "answer", "made_at"),
    ),
    Own(
        "reuses",
        say("Re-uses that you registered"),
        Reuse,
        "email",
        ("title", "kind", "url", "description", "by_name", "email", "state", "reason", "made_at"),
    ),
    Own(
        "data_requests",
        say("Data that you asked for"),
        DataRequest,
        "email",
        ("title", "description", "email", "state", "reason", "made_at", "decided_at"),
    ),
    Own(
        "votes",
        say("Votes that are not confirmed yet"),
        RequestVote,
        "email",
        ("request__title", "email", "made_at"),
    ),
    Own(
        "follows",
        say("Datasets that you follow"),
        Follow,
        "email",
        ("dataset__slug", "email", "language", "made_at", "confirmed_at"),
    ),
    Own(
        "portal_follows",
        say("News of the whole portal"),
        PortalFollow,
        "email",
        ("email", "language", "rhythm", "made_at", "confirmed_at"),
    ),
    Own(
        "row_reports",
        say("Rows that you reported"),
        RowReport,
        "email",
        (
            "dataset__slug",
            "version_number",
            "row",
            "column",
            "message",
            "email",
            "state",
            "answer",
            "made_at",
            "answered_at",
        ),
    ),
)
