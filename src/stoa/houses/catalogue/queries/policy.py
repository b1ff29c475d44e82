# SPDX-License-Identifier: EUPL-1.2
"""What a city promises and assumes about its open data."""

from __future__ import annotations

from django.utils.translation import gettext

from stoa.commons.cities.models import City
from stoa.commons.words.fields import in_reader_language
from stoa.houses.catalogue.models import OpenDataPolicy


def policy_of(city: City) -> OpenDataPolicy:
    """The city's own policy, or one with the defaults that is not kept yet (one query)."""
    return OpenDataPolicy.objects.filter(city=city).first() or OpenDataPolicy(city=city)


def agreement_of(policy: OpenDataPolicy) -> str:
    """The terms of access in the reader's language."""
    return in_reader_language(policy.agreement) or gettext(
        "I use the data only for the purpose stated, keep them from others, do not try to find out who single "
        "people are, and erase them when access ends. The city may end access at any time and say why."
    )
