# SPDX-License-Identifier: EUPL-1.2
"""Who is told of the alerts of a rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department, Person
from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.ground.problems import NotFound, Refused
from stoa.houses.observations.actions.alerting.routing import Route, add_route, remove_route
from stoa.houses.observations.models import Rule
from stoa.houses.observations.models.telling import LATEST_STEP_MINUTES
from stoa.houses.observations.pages.alerts.cards import recipient_of
from stoa.houses.observations.pages.desk.opening import done
from stoa.houses.observations.queries.alerts import routes_of
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.terms import CHANNEL_WORDS, SEVERITY_WORDS, Channel, Severity
from stoa.web.notation import in_words, label


class RecipientForm(forms.Form):
    """One recipient more: somebody of the city, a department, or an address."""

    who = forms.ChoiceField(
        label=_("Who"),
        help_text=_("People and departments of the city get an e-mail in their own language."),
        required=False,
    )
    channel = forms.ChoiceField(
        label=_("Way"),
        choices=[(str(one), _(words)) for one, words in CHANNEL_WORDS.items()],
        initial=Channel.EMAIL,
        help_text=_("For an address."),
        widget=forms.RadioSelect,
    )
    address = forms.CharField(
        label=_("Address"),
        help_text=_("E-mail address, phone number with its country (+49 …), https:// or mqtts://…/topic."),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    after_minutes = forms.IntegerField(
        label=_("After how many minutes"),
        help_text=_("0: at once. 15: only if nobody has taken the alert over within 15 minutes."),
        initial=0,
        min_value=0,
        max_value=LATEST_STEP_MINUTES,
    )
    wakes_from = forms.ChoiceField(
        label=_("Also in quiet hours from"),
        choices=[(str(one), _(words)) for one, words in SEVERITY_WORDS.items()],
        initial=Severity.SEVERE,
        help_text=_("What is milder waits until the quiet hours are over. What is extreme never waits."),
    )

    def __init__(self, city: City, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {
            f"person-{one.pk}": one
            for one in Person.objects.filter(memberships__city=city, is_active=True)
            .distinct()
            .order_by("name")
        }
        self.departments = {f"department-{one.pk}": one for one in Department.objects.filter(city=city)}
        self.fields["who"].choices = [  # type: ignore[attr-defined]
            ("", gettext("an address, below")),
            (gettext("Departments"), [(key, label(one.name)) for key, one in self.departments.items()]),
            (gettext("People"), [(key, str(one)) for key, one in self.people.items()]),
        ]

    @property
    def route(self) -> Route:
        """What the form says, as the action wants it."""
        said = self.cleaned_data
        who = said["who"]
        return Route(
            channel=Channel.EMAIL if who else Channel(said["channel"]),
            address="" if who else said["address"],
            person=self.people.get(who),
            department=self.departments.get(who),
            after_minutes=said["after_minutes"],
            wakes_from=Severity(said["wakes_from"]),
        )


def _way(rule: Rule) -> list[tuple[str, str]]:
    return [
        (gettext("Desk"), reverse("desk")),
        (gettext("Rules"), reverse("desk-rules")),
        (rule.title, reverse("desk-rule", args=[rule.uid])),
        (gettext("Who is told"), ""),
    ]


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def recipients(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """The recipients by step, a form for one more, a button to take one away."""
    city, by = city_of(request), principal_of(request)
    rule = Rule.objects.filter(city=city, uid=uid).visible_to(by).select_related("department").first()
    if rule is None:
        raise NotFound("rule", str(uid))
    may_change = by.may(Permission.KEEP_RULES, rule.department_id)
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    if request.method == "POST" and request.POST.get("remove", "").isdecimal():
        remove_route(rule=rule, number=int(request.POST["remove"][:18]), by=by)
        return done(request, gettext("They are not told any more."), "desk-rule-recipients", uid)
    form = RecipientForm(city, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                add_route(rule=rule, route=form.route, by=by)
        except Refused as refusal:
            problem = refusal.problem
            field = problem.field if problem.field in form.fields else None
            form.add_error(field, f"{in_words(problem.what)} {in_words(problem.do)}")
        else:
            return done(request, gettext("They are told from now on."), "desk-rule-recipients", uid)
    context = frame(
        request,
        "rules",
        gettext("Who is told"),
        rule.title,
        crumbs=_way(rule),
        recipients=[recipient_of(route, last) for route, last in routes_of(rule)],
        rule=rule,
        form=form if may_change else None,
    )
    status = 422 if request.method == "POST" else 200
    return render(request, "observations/alerts/recipients.html", context, status=status)
