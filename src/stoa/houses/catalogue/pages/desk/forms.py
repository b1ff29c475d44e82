# SPDX-License-Identifier: EUPL-1.2
"""The forms of the desk that are the same for every dataset."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from stoa.commons.people.models import Department
from stoa.web.notation import label

FILES = _(
    "CSV, Excel, OpenDocument, JSON, GeoJSON, GeoPackage, Shapefile (zipped), KML, GML, Parquet and others, up to 2 GB."
)


def language_name(code: str) -> str:
    """A language as it calls itself."""
    try:
        name = str(get_language_info(code)["name_local"])
    except KeyError:
        return code
    return name[:1].upper() + name[1:]


def labelled(words: Any, language: str, languages: Sequence[str]) -> str:
    """The label of one field of several languages; plain where the city has just one."""
    return (
        gettext("%(label)s (%(language)s)") % {"label": words, "language": language_name(language)}
        if len(languages) > 1
        else str(words)
    )


class FileForm(forms.Form):
    """A file for a dataset that is there already."""

    file = forms.FileField(
        label=_("File"),
        help_text=FILES,
        allow_empty_file=True,
        error_messages={"required": _("Choose a file first.")},
    )
    note = forms.CharField(
        label=_("What is new in it?"),
        help_text=_("One sentence for the list of versions."),
        max_length=500,
        required=False,
    )


class NewForm(forms.Form):
    """Data for a new dataset: a file, or the address of one."""

    file = forms.FileField(label=_("File"), help_text=FILES, allow_empty_file=True, required=False)
    url = forms.URLField(
        label=_("Or the web address of a file"),
        help_text=_("It is looked at every day, and what is new is brought in."),
        max_length=2000,
        required=False,
        assume_scheme="https",
    )
    department = forms.ChoiceField(label=_("Department that answers for it"))

    def __init__(
        self, departments: Iterable[Department], languages: Sequence[str], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (
                str(one.pk),
                "\N{NO-BREAK SPACE}" * 3 * (one.path.count("/") - 1) + (label(one.name) or one.slug),
            )
            for one in departments
        ]
        self.fields["department"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["department"].initial = choices[0][0]
        else:
            self.fields["department"].choices = [("", gettext("Choose one")), *choices]  # type: ignore[attr-defined]
        for language in languages:
            hint = (
                gettext("As a resident would say it. Left empty, it is guessed from the name of the file.")
                if language == languages[0]
                else ""
            )
            self.fields[f"title_{language}"] = forms.CharField(
                label=labelled(gettext("Title"), language, languages),
                help_text=hint,
                max_length=200,
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("file") and not said.get("url") and not self.errors:
            self.add_error("file", gettext("Choose a file, or give the address of one below."))
        if said.get("file") and said.get("url"):
            self.add_error("url", gettext("Give either a file or an address, not both."))
        return said


class ReasonForm(forms.Form):
    """Why something is sent back, retired, released or rolled back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the reason in one sentence.")},
    )

    def __init__(self, *args: Any, words: str = "", hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = words or self.fields["reason"].label
        self.fields["reason"].help_text = hint


class NoteForm(forms.Form):
    """What is new in a version."""

    note = forms.CharField(
        label=_("What is new in it?"),
        help_text=_("One sentence for the list of versions."),
        max_length=500,
        required=False,
    )
