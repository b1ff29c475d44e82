# SPDX-License-Identifier: EUPL-1.2
"""Which personal data this install holds, why and how long: each house says it in its manifest, one page tells it."""

from __future__ import annotations

from stoa.ground.manifest import Manifest, PersonalData
from stoa.ground.words import Saying, say

_HELD: dict[str, tuple[Saying, tuple[PersonalData, ...]]] = {}

EVERYBODY = (
    PersonalData(
        what=say("The address of your connection (IP address)"),
        why=say("To answer you, and to slow down whoever asks for too much."),
        kept=say("Minutes, for counting; the portal writes it into no log."),
    ),
    PersonalData(
        what=say("The language that you chose, as a cookie in your browser"),
        why=say("To show the next page in the same language."),
        kept=say("One year in your browser; only if you choose a language."),
    ),
)
"""What is held on everybody who looks at a page."""

ACCOUNTS = (
    PersonalData(
        what=say("Name, e-mail address and language of people with an account; the password only as a hash"),
        why=say("To let those who were invited sign in, and to say to colleagues who did what."),
        kept=say("As long as the account is there."),
    ),
    PersonalData(
        what=say("Two cookies of who is signed in: the session, and a mark against forged forms"),
        why=say("To know that it is still you. Nobody is followed with them."),
        kept=say("The session until you sign out, at most two weeks; the mark one year in your browser."),
    ),
    PersonalData(
        what=say("E-mail address and IP address of failed attempts to sign in"),
        why=say("To stop guessing of passwords."),
        kept=say("A quarter of an hour; removed at the next attempt of anybody after that."),
    ),
    PersonalData(
        what=say("Who of the administration changed what and when"),
        why=say("To be able to prove how data came to be published."),
        kept=say("As long as the portal is there; it cannot be changed."),
    ),
)
"""What is held on those who work with the portal."""


def tell_of(manifest: Manifest) -> None:
    """Let the page on privacy tell what a house holds."""
    _HELD[manifest.name] = (manifest.title, manifest.personal_data)


def held() -> list[tuple[Saying, tuple[PersonalData, ...]]]:
    """All kinds of personal data, by whom they are held; those of everybody first."""
    houses = [(title, kinds) for title, kinds in _HELD.values() if kinds]
    return [
        (say("Everybody who looks at a page"), EVERYBODY),
        *houses,
        (say("People with an account"), ACCOUNTS),
    ]
