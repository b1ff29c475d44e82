# SPDX-License-Identifier: EUPL-1.2
"""Keeping the quality report of a version."""

from __future__ import annotations

from django.utils import timezone

from stoa.commons.reading.report import CELLS_BEYOND, ROWS_REPEATED, Inspection
from stoa.houses.catalogue.models import Dataset, QualityReport, Version
from stoa.houses.catalogue.rules.freshness import freshness
from stoa.houses.catalogue.rules.quality import Measured, judge, score
from stoa.houses.catalogue.terms import Access


def judge_version(dataset: Dataset, version: Version) -> QualityReport:
    """Judge a version from what was counted when its file was read, and keep the report."""
    inspection = version.delivery.inspection if version.delivery else None
    parts = judge(_measured(dataset, version, inspection))
    fields = {str(part.part): part.score for part in parts}
    sayings = {str(part.part): [reason.to_json() for reason in part.reasons] for part in parts}
    report, _new = QualityReport.objects.update_or_create(
        version=version,
        defaults={**fields, "score": score(parts), "sayings": sayings, "city_id": dataset.city_id},
    )
    return report


def _measured(dataset: Dataset, version: Version, inspection: Inspection | None) -> Measured:
    specs = version.specs
    kept = {spec.name for spec in specs}
    counted = [column for column in inspection.columns if column.name in kept] if inspection else []
    staged = inspection.staged if inspection else None
    return Measured(
        rows=version.rows,
        cells=version.rows * len(specs),
        empty=sum(column.empty for column in counted),
        unreadable=sum(column.unreadable for column in counted),
        without_place=staged.without_place if staged else 0,
        has_places=bool(version.geometry_types),
        duplicate_rows=inspection.told_of(ROWS_REPEATED) if inspection else 0,
        too_wide_rows=inspection.told_of(CELLS_BEYOND) if inspection else 0,
        key=tuple(version.key),
        freshness=freshness(dataset.frequency, dataset.checked_at, timezone.now()),
        access=Access(dataset.access),
        licence=dataset.licence,
        has_title=any(dataset.title.values()),
        has_description=any(dataset.description.values()),
        has_contact=bool(dataset.contact or dataset.department.email),
        has_keywords=bool(dataset.keywords),
        has_period_or_area=bool(dataset.spatial or dataset.period_from),
        columns=len(specs),
        described_columns=sum(1 for spec in specs if spec.description),
    )
