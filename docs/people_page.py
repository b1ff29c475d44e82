# SPDX-License-Identifier: EUPL-1.2
"""The page on what the platform itself keeps about people."""

from __future__ import annotations

from make_reference import manifests, page, table

HELD_BY_COMMONS = (
    (
        "people.Person",
        ("email", "name", "language"),
        "Account of somebody in the administration, to sign in and to be told of work.",
        "Until the operator removes the account; `is_active` ends the sign-in at once.",
    ),
    (
        "people.Membership",
        ("person", "role", "department"),
        "Which role somebody holds.",
        "Until the role is taken back.",
    ),
    (
        "audit.AuditLine",
        ("by_id", "by_name"),
        "Who did what, so that the administration can answer for it.",
        "For ever; lines cannot be changed or removed.",
    ),
    (
        "notices.Notice",
        ("person", "saying"),
        "Messages to somebody about their work.",
        "As long as the account.",
    ),
    ("catalogue.Delivery", ("by_id", "by_name"), "Who sent a file.", "As long as the dataset."),
    ("catalogue.Version", ("by_id", "by_name"), "Who published a version.", "As long as the dataset."),
    (
        "catalogue.PersonalRelease",
        ("by_id", "by_name", "reason"),
        "Who answers for publishing a column with personal data, and why.",
        "As long as the dataset.",
    ),
    (
        "catalogue.RowReport",
        ("email", "message", "values", "answered_by"),
        "What somebody wrote about a row.",
        "The address until the answer, at most 180 days; the rest as long as the dataset.",
    ),
    (
        "catalogue.Reuse",
        ("by_name", "email", "decided_by"),
        "By whom a re-use is, if they say so, and where the answer goes.",
        "The address until the answer, at most 180 days; the name as long as the re-use is shown.",
    ),
    (
        "catalogue.DataRequest",
        ("email", "decided_by"),
        "Where the answer to a request for data goes.",
        "Until the answer, at most 180 days.",
    ),
    (
        "observations.AlertRoute",
        ("address", "person"),
        "Where alerts of a rule go: e-mail addresses and phone numbers of people on duty among them.",
        "As long as they stand at the rule.",
    ),
    (
        "observations.Alert",
        ("acknowledged_by",),
        "Who took an alert over.",
        "As long as the alert.",
    ),
    (
        "observations.WarningFollow",
        ("email", "language"),
        "Where a resident wants public warnings to go.",
        "Until they stop; two days if it is never confirmed.",
    ),
    (
        "catalogue.RequestVote",
        ("email",),
        "That a vote is a person's, and each votes once.",
        "Until it is confirmed, at most two days; then a keyed hash for this one request.",
    ),
    (
        "catalogue.Comment",
        ("by_name", "email", "decided_by"),
        "By whom a comment is, if they say so, and where the answer goes.",
        "The address until the answer, at most 180 days; the name as long as the comment is shown.",
    ),
    (
        "catalogue.AccessRequest",
        ("name", "organisation", "email", "purpose", "decided_by"),
        "Who asks for rows that are not open, and what for.",
        "Until 180 days after the refusal or the end of access.",
    ),
    (
        "catalogue.Follow",
        ("email",),
        "Where messages about a dataset go.",
        "Until they stop following; two days if it is never confirmed.",
    ),
    (
        "catalogue.PortalFollow",
        ("email", "language"),
        "Where the digest of everything new goes.",
        "Until they stop; two days if it is never confirmed.",
    ),
    (
        "observations.FileDrop",
        ("by_id", "by_name"),
        "Who put values from a file into series.",
        "As long as what became of the file is kept.",
    ),
    ("catalogue.Story", ("by_name",), "Who wrote a story.", "As long as the story."),
    (
        "registers.EntryVersion",
        ("by_id", "by_name"),
        "Who changed an entry of a register, and what.",
        "As long as the entry.",
    ),
    (
        "registers.EntryComment",
        ("by_id", "by_name"),
        "Who wrote to a colleague about an entry.",
        "As long as the entry.",
    ),
    (
        "registers.EntryImport",
        ("by_id", "by_name"),
        "Who brought a spreadsheet in.",
        "As long as the import is listed.",
    ),
    (
        "observations.CityDecoder",
        ("by_name",),
        "Who wrote a version of a decoder.",
        "As long as the decoder.",
    ),
)
"""Model, fields, why, how long; a test holds the names against the models."""


def _sign_ins() -> str:
    """The list of all sign-ins, which a setting of django-axes switches off."""
    from django.conf import settings

    if getattr(settings, "AXES_DISABLE_ACCESS_LOG", False):
        return ""
    return (
        "- Sign-ins (`axes_accesslog`): the address, the network address, the browser and the time; "
        "not removed by themselves.\n"
    )


def personal_data() -> str:
    held = [(m.title, p.what, p.why, p.kept) for m in manifests() for p in m.personal_data]
    tables = [
        (f"`{model}`", ", ".join(f"`{f}`" for f in fields), why, kept)
        for model, fields, why, kept in sorted(HELD_BY_COMMONS)
    ]
    return page(
        "Personal data that the platform holds",
        "This is what the platform itself keeps about people. What datasets hold is found and "
        "stopped before publication, see "
        "[Deal with personal data](../how-to/personal-data.md).",
        "## As the houses declare it",
        table(("house", "what", "why", "how long"), held),
        "## In tables",
        table(("table", "fields", "why", "how long"), tables),
        "## In tables of packages that we use",
        "- Sessions (`django_session`): who is signed in. They end after two weeks; rows of "
        "ended sessions are not removed by themselves.\n"
        "- Failed sign-ins (`axes_accessattempt`): the address typed, the network address and "
        "the browser, to slow down guessing. "
        "Removed when the sign-in succeeds.\n"
        + _sign_ins()
        + "- Second factors (`mfa_authenticator`): keys of passkeys and of one-time codes; "
        "removed with the account.\n"
        "- Links to an OpenID Connect account (`socialaccount_socialaccount`): the id at the "
        "provider; removed with the account.",
        "Logs hold no personal data.",
    )
