# SPDX-License-Identifier: EUPL-1.2
"""Personal data that was found in a file, column by column, and the ways out."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from stoa.commons.reading.recipe import RecipeColumn, Treatment
from stoa.commons.reading.report import Inspection, PersonalFinding
from stoa.houses.catalogue.models import Dataset, PersonalRelease
from stoa.houses.catalogue.pages.desk.words import PERSONAL, TREATMENTS, TREATMENTS_OF
from stoa.houses.catalogue.terms import Access
from stoa.web.notation import in_words, number


@dataclass(frozen=True, slots=True)
class Concern:
    """One column that seems to speak of people."""

    column: RecipeColumn
    findings: tuple[PersonalFinding, ...]
    releases: tuple[PersonalRelease, ...]
    is_open: bool
    """The dataset is meant for everybody."""
    may_release: bool

    @property
    def kinds(self) -> list[str]:
        return sorted({str(finding.kind) for finding in self.findings})

    @property
    def words(self) -> list[tuple[str, str, bool]]:
        """What was found, why we think so, and whether it is certain."""
        return [
            (
                gettext("%(kind)s in %(n)s rows")
                % {"kind": gettext(PERSONAL[one.kind]), "n": number(one.rows)},
                in_words(one.reason),
                one.certain,
            )
            for one in self.findings
        ]

    @property
    def is_released(self) -> bool:
        return set(self.kinds) <= {release.kind for release in self.releases}

    @property
    def is_coarsened(self) -> bool:
        return self.column.treatment is not Treatment.KEEP

    @property
    def is_settled(self) -> bool:
        """It stands in nobody's way any more."""
        return self.is_coarsened or self.is_released or not self.is_open

    @property
    def treatment(self) -> str:
        return gettext(TREATMENTS[self.column.treatment])

    @property
    def ways(self) -> list[tuple[str, str]]:
        """Treatments that would settle it: code and words for a button."""
        coarser = [(str(way), gettext(TREATMENTS[way])) for way in TREATMENTS_OF.get(self.column.kind, ())]
        return [(str(Treatment.DROP), gettext("Leave this column out")), *coarser]


def concerns_of(dataset: Dataset, inspection: Inspection, *, may_release: bool) -> list[Concern]:
    """Every column with findings, in the order of the file."""
    releases: dict[str, list[PersonalRelease]] = {}
    if inspection.personal:
        for release in dataset.releases.all():
            releases.setdefault(release.column, []).append(release)
    return [
        Concern(
            column,
            report.personal,
            tuple(releases.get(column.name, ())),
            dataset.access == Access.OPEN,
            may_release,
        )
        for column, report in zip(inspection.recipe.columns, inspection.columns, strict=True)
        if report.personal
    ]
