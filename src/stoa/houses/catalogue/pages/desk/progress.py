# SPDX-License-Identifier: EUPL-1.2
"""How far a file is, in words and as a share."""

from __future__ import annotations

from django.utils.translation import gettext

from stoa.houses.catalogue.models import Delivery
from stoa.houses.catalogue.terms import DELIVERY_LABELS, DeliveryState

STEPS = ("reading", "guessing", "typing", "judging")
MOODS = {
    DeliveryState.READY: "accent",
    DeliveryState.HELD: "warn",
    DeliveryState.REFUSED: "bad",
    DeliveryState.PUBLISHED: "good",
}


def state_in_words(delivery: Delivery) -> tuple[str, str]:
    """What became of a file: a word and its mood."""
    state = DeliveryState(delivery.state)
    return gettext(DELIVERY_LABELS[state]), MOODS.get(state, "")


def step_in_words(delivery: Delivery) -> str:
    """What is being done with the file at this moment."""
    if delivery.state == DeliveryState.PUBLISHING:
        return gettext("The version is being made …")
    words = {
        "reading": gettext("Reading the file …"),
        "guessing": gettext("Finding out what the columns are …"),
        "typing": gettext("Reading every row …"),
        "judging": gettext("Looking for what may be wrong …"),
    }
    return words.get(delivery.step, gettext("Waiting for its turn …"))


def share_of(delivery: Delivery) -> float | None:
    """0 to 1 over all steps; None while it cannot be known."""
    if delivery.state != DeliveryState.READING or delivery.step not in STEPS:
        return None
    return round((STEPS.index(delivery.step) + max(0.0, min(1.0, delivery.share))) / len(STEPS), 3)
