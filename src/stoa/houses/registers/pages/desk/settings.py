# SPDX-License-Identifier: EUPL-1.2
"""What the city decides about one register."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stoa.commons.people.models import Department
from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.commons.people.queries import departments
from stoa.ground.problems import Refused
from stoa.houses.registers.actions.deciding import decide
from stoa.houses.registers.pages.desk.opening import done, way
from stoa.houses.registers.queries.kinds import kind_of, setting_of
from stoa.houses.registers.roles import Permission
from stoa.houses.registers.terms import DEMAND_LABELS, Demand
from stoa.web.notation import in_words, label


class SettingForm(forms.Form):
    """The decisions of a city about a register."""

    demand = forms.ChoiceField(
        label=_("What happens to a thing in public space that has no published entry?"),
        choices=[(str(one), _(words)) for one, words in DEMAND_LABELS.items()],
        widget=forms.RadioSelect,
    )
    remind_days = forms.IntegerField(
        label=_("Days before its end on which the department is reminded"), min_value=0, max_value=365
    )
    department = forms.ChoiceField(
        label=_("Department that answers for the register as a whole"),
        help_text=_("Its dataset stands in the name of this department."),
        required=False,
    )

    def __init__(self, listed: list[Department], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.pk), label(one.name) or one.slug) for one in listed]
        self.fields["department"].choices = [("", gettext("Who publishes first")), *choices]  # type: ignore[attr-defined]


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def setting(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Look at them and change them."""
    city, by = city_of(request), principal_of(request)
    declared = kind_of(city, kind)
    if not by.may(Permission.CHANGE_KIND):
        raise PermissionDenied
    now, listed = setting_of(city, declared), departments(city)
    given = {"demand": now.demand, "remind_days": now.remind_days, "department": str(now.department_id or "")}
    form = SettingForm(listed, request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        chosen = next((one for one in listed if str(one.pk) == said["department"]), None)
        try:
            with transaction.atomic():
                decide(
                    city=city,
                    kind=declared,
                    by=by,
                    demand=Demand(said["demand"]),
                    remind_days=said["remind_days"],
                    department=chosen,
                )
        except Refused as refusal:
            form.add_error(None, in_words(refusal.problem.what))
        else:
            return done(request, gettext("The settings are kept."), "desk-register", kind)
    context = frame(
        request,
        "registers",
        gettext("Settings of the register"),
        gettext("They hold for the whole city."),
        crumbs=way(declared, (gettext("Settings"), "")),
        kind=declared,
        form=form,
    )
    return render(
        request, "registers/desk/setting.html", context, status=422 if request.method == "POST" else 200
    )
