# SPDX-License-Identifier: EUPL-1.2
"""Quality in words."""

from __future__ import annotations

from django.utils.translation import gettext

from stoa.ground.words import Saying
from stoa.houses.catalogue.models import QualityReport
from stoa.houses.catalogue.terms import PART_LABELS, Part
from stoa.web.notation import in_words
from stoa.web.parts import ScorePart


def score_parts(report: QualityReport) -> list[ScorePart]:
    """The parts of a score with their sentences."""
    return [
        ScorePart(gettext(PART_LABELS[part]), getattr(report, str(part)), _why(report, part)) for part in Part
    ]


def _why(report: QualityReport, part: Part) -> str:
    return " ".join(in_words(Saying.from_json(told)) for told in report.sayings.get(str(part), ()))
