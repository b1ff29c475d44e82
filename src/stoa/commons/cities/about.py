# SPDX-License-Identifier: EUPL-1.2
"""What a city says of itself at the foot of every page: who answers questions, and its own words beside ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from stoa.ground.words import LanguageText

SHORT_MOST, TEXT_MOST = 200, 6000


@dataclass(frozen=True, slots=True)
class About:
    """All of it may be empty: the pages then say only what is true of every install."""

    email: str = ""
    """Who answers questions about the portal, also about barriers in it."""
    address: str = ""
    """Name, street and telephone of the office, several lines."""
    protection: str = ""
    """E-mail address of the data protection officer."""
    authority: LanguageText = field(default_factory=dict)
    """The data protection authority that a complaint goes to."""
    enforcement: LanguageText = field(default_factory=dict)
    """The body that a complaint about barriers goes to (Directive (EU) 2016/2102, article 9)."""
    accessibility: LanguageText = field(default_factory=dict)
    """Barriers in this city's own content, and what is done about them."""
    privacy: LanguageText = field(default_factory=dict)
    """What only this city does with personal data."""
    assessed_on: date | None = None
    """When the statement on accessibility was last looked through."""

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> About:
        assessed = told.get("assessed_on")
        known = {name: told[name] for name in (*TEXTS, *LABELS) if name in told}
        return cls(**known, assessed_on=date.fromisoformat(assessed) if assessed else None)

    def to_json(self) -> dict[str, Any]:
        """Without what is empty."""
        told: dict[str, Any] = {name: getattr(self, name) for name in TEXTS}
        told |= {name: {code: text for code, text in getattr(self, name).items() if text} for name in LABELS}
        told["assessed_on"] = self.assessed_on.isoformat() if self.assessed_on else ""
        return {name: value for name, value in told.items() if value}


TEXTS = ("email", "address", "protection")
LABELS = ("authority", "enforcement", "accessibility", "privacy")
"""These are said per language."""
