# SPDX-License-Identifier: EUPL-1.2
"""The audit trail of a dataset in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from stoa.commons.audit.models import AuditLine
from stoa.ground.words import N_
from stoa.web.notation import number, size

_DEEDS = {
    "dataset.drafted": N_("The draft was made"),
    "dataset.described": N_("The description was changed"),
    "dataset.moved": N_("Given to another department"),
    "dataset.sent_to_review": N_("Sent to review"),
    "dataset.sent_back": N_("Sent back to be mended"),
    "dataset.published": N_("Published"),
    "dataset.rolled_back": N_("Gone back to an earlier version"),
    "dataset.retired": N_("Taken out of the offer"),
    "dataset.restored": N_("Offered again"),
    "file.came": N_("A file came"),
    "file.choices_changed": N_("How the file is read was changed"),
    "file.discarded": N_("A file was put aside"),
    "personal.released": N_("A column with personal data was released"),
    "row.reported": N_("Somebody reported a row"),
    "row.answered": N_("A reported row was answered"),
    "source.set": N_("The source was set"),
    "version.dated_back": N_("A version was dated back"),
    "view.changed": N_("The question behind it was changed"),
    "view.saved": N_("A question was kept as this dataset"),
    "versions.dropped": N_("The files of old versions were removed"),
}
_CHANNELS = {
    "web": N_("on the portal"),
    "api": N_("by a program"),
    "command": N_("on the command line"),
    "job": N_("by itself"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the history."""

    at: datetime
    deed: str
    facts: str
    who: str
    how: str


def lines_of_history(lines: Iterable[AuditLine]) -> list[Told]:
    """The lines as people read them; a verb that has no words yet is shown as it is."""
    return [
        Told(
            one.at,
            gettext(_DEEDS.get(one.verb, one.verb)),
            _facts(one.facts),
            one.by_name,
            gettext(_CHANNELS.get(one.channel, one.channel)),
        )
        for one in lines
    ]


def _facts(facts: Mapping[str, Any]) -> str:
    said = []
    if "version" in facts:
        said.append(gettext("version %(n)s") % {"n": facts["version"]})
    if "to_department" in facts:
        said.append(f"{facts.get('from', '')} → {facts['to_department']}")
    if "to" in facts:
        said.append(gettext("content of version %(n)s") % {"n": facts["to"]})
    if "rows" in facts:
        said.append(gettext("%(n)s rows") % {"n": number(facts["rows"])})
    if "row" in facts:
        said.append(gettext("row %(n)s") % {"n": number(facts["row"])})
    if "bytes" in facts:
        said.append(size(facts["bytes"]))
    if "column" in facts:
        said.append(gettext("column %(name)s") % {"name": facts["column"]})
    if facts.get("changed"):
        said.append(", ".join(map(str, facts["changed"])))
    if facts.get("reason"):
        said.append(f"“{facts['reason']}”")
    return " · ".join(said)
