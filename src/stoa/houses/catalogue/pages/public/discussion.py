# SPDX-License-Identifier: EUPL-1.2
"""What people say about a dataset, and what the department answers."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stoa.ground.problems import Refused
from stoa.houses.catalogue.actions.discussing import comment_on
from stoa.houses.catalogue.pages.public.opening import frame, open_dataset, principal_of, public_page
from stoa.houses.catalogue.queries.contributions import comments_shown
from stoa.web.open_form import OpenForm, answer_email, show_form, thanked


class CommentForm(OpenForm):
    """What is to be said."""

    text = forms.CharField(
        label=_("Your question or remark"),
        help_text=_("Everybody will read this. Please write nothing about other people."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write one sentence.")},
    )
    by_name = forms.CharField(
        label=_("Your name, as everybody may read it"),
        help_text=_("You may leave it empty."),
        max_length=80,
        required=False,
    )
    email = answer_email()


def _discussion(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The comments that were looked at, and the form."""
    opened = open_dataset(request, slug)
    form = CommentForm(request.POST or None)
    lead = gettext(
        "Questions and remarks about this dataset. The department reads them first, then they stand here."
    )
    context = frame(request, opened, "discussion", lead=lead)
    context |= {
        "comments": comments_shown(opened.dataset),
        "is_sent": request.GET.get("sent") == "1",
        "send_words": gettext("Send to the department"),
    }
    if request.method == "POST" and form.is_valid():
        here = opened.url("dataset-discussion", pairs=(("sent", "1"),))
        if form.is_of_program:
            return thanked(here)
        said = form.cleaned_data
        try:
            comment_on(
                dataset=opened.dataset,
                text=said["text"],
                by_name=said["by_name"],
                email=said["email"],
                by=principal_of(request),
            )
            return thanked(here)
        except Refused as refusal:
            context["problems"] = form.put(refusal.problems)
    return show_form(request, "catalogue/public/discussion.html", context, form)


discussion = public_page(_discussion, methods=("GET", "HEAD", "POST"))
