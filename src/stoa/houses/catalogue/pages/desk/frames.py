# SPDX-License-Identifier: EUPL-1.2
"""What every page about one dataset at the desk says: its state, its parts, the way here."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from stoa.commons.people.pages.desk import frame
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.pages.desk.opening import title_of, way
from stoa.houses.catalogue.terms import ACCESS_LABELS, STATE_LABELS, Access, State

STATE_MOODS = {State.DRAFT: "", State.REVIEW: "accent", State.PUBLISHED: "good", State.RETIRED: "warn"}
_TABS = (
    ("overview", "desk-dataset", "info"),
    ("describe", "desk-dataset-describe", "pencil"),
    ("files", "desk-dataset-files", "file"),
    ("versions", "desk-dataset-versions", "history"),
    ("history", "desk-dataset-history", "clock"),
)


def state_of(dataset: Dataset) -> tuple[str, str]:
    """The state of a dataset in a word, and its mood."""
    state = State(dataset.state)
    return gettext(STATE_LABELS[state]), STATE_MOODS[state]


def dataset_frame(
    request: HttpRequest, dataset: Dataset, tab: str, lead: str = "", **more: Any
) -> dict[str, Any]:
    """The context of one part of a dataset."""
    names = {
        "overview": gettext("Overview"),
        "describe": gettext("Describe"),
        "files": gettext("Files and source"),
        "versions": gettext("Versions"),
        "history": gettext("History"),
        "question": gettext("The question behind it"),
    }
    title, state = title_of(dataset), State(dataset.state)
    page = reverse("desk-dataset", args=(dataset.slug,))
    crumbs = way((gettext("Datasets"), reverse("desk-datasets")), (title, page))
    if tab != "overview":
        crumbs.append((names[tab], ""))
    return frame(
        request,
        "datasets",
        title if tab == "overview" else f"{title}: {names[tab]}",
        lead,
        crumbs=crumbs,
        dataset=dataset,
        dataset_title=title,
        tabs=[(key, names[key], reverse(name, args=(dataset.slug,)), icon) for key, name, icon in _TABS],
        tab=tab,
        state=state_of(dataset),
        access=gettext(ACCESS_LABELS[Access(dataset.access)]),
        is_public=state in {State.PUBLISHED, State.RETIRED},
        **more,
    )
