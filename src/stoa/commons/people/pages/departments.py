# SPDX-License-Identifier: EUPL-1.2
"""The departments of the city as a tree: add one, change its name and address, move it with all below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stoa.commons.cities.models import City
from stoa.commons.people.actions import set_up_department
from stoa.commons.people.models import Department
from stoa.commons.people.pages.desk import city_of, frame, principal_of
from stoa.commons.people.pages.managing import DEPARTMENTS, attempt, done, manager_page, name_of, way
from stoa.commons.people.queries import departments as all_departments
from stoa.ground.ids import slug as slug_of
from stoa.ground.problems import Problem


class DepartmentForm(forms.Form):
    """One department, its name in every language of the city."""

    parent = forms.ChoiceField(label=_("Part of"), required=False)
    email = forms.EmailField(
        label=_("Public e-mail address"), required=False, help_text=_("Shown as the contact of its datasets.")
    )

    def __init__(self, city: City, department: Department | None, *args: Any, **kwargs: Any) -> None:
        self.city, self.department, self.languages = city, department, list(city.languages) or ["en"]
        kwargs["initial"] = _initial(department)
        super().__init__(*args, **kwargs)
        nested = [
            (one.slug, "\N{NO-BREAK SPACE}" * 3 * (one.path.count("/") - 1) + name_of(one))
            for one in all_departments(city)
            if not (department and one.path.startswith(department.path))
        ]
        self.fields["parent"].choices = [("", gettext("None: it stands at the top")), *nested]  # type: ignore[attr-defined]
        if department:
            self.fields["parent"].help_text = gettext(
                "It moves with all departments below it. Roles for the department above then reach it, those for "
                "the one where it stands now do not any more."
            )
        named = {
            f"name_{language}": forms.CharField(
                label=_label(language, self.languages), max_length=200, required=False
            )
            for language in self.languages
        }
        self.fields = {**named, **self.fields}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        first = f"name_{self.languages[0]}"
        if not self.name(said):
            self.add_error(first, gettext("Write the name of the department."))
        elif not self.department:
            slug = slug_of(next(iter(self.name(said).values())), most=60)
            if not slug or Department.objects.filter(city=self.city, slug=slug).exists():
                self.add_error(first, gettext("There is a department with this name already."))
        return said

    def name(self, said: dict[str, Any]) -> dict[str, str]:
        """The name by language, without empty ones."""
        return {
            language: said[f"name_{language}"] for language in self.languages if said.get(f"name_{language}")
        }


def _initial(department: Department | None) -> dict[str, Any]:
    if department is None:
        return {}
    parent = department.parent.slug if department.parent else ""
    return {"email": department.email, "parent": parent} | {
        f"name_{language}": text for language, text in department.name.items()
    }


def _label(language: str, languages: Sequence[str]) -> str:
    if len(languages) == 1:
        return gettext("Name")
    try:
        words = str(get_language_info(language)["name_local"])
    except KeyError:
        words = language
    return gettext("Name (%(language)s)") % {"language": words}


@manager_page(DEPARTMENTS)
@require_http_methods(["GET", "HEAD", "POST"])
def departments(request: HttpRequest) -> HttpResponseBase:
    """The tree, and the form for a new one."""
    form = DepartmentForm(city_of(request), None, request.POST or None)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        problems = attempt(lambda: _keep(request, form))
        if not problems:
            return done(request, gettext("The department was added."), "desk-departments")
    lead = gettext("Every dataset belongs to a department, and officers keep those of theirs.")
    context = frame(
        request, "departments", gettext("Departments"), lead, crumbs=way((gettext("Departments"), ""))
    )
    tree = [(one, name_of(one), range(one.path.count("/") - 1)) for one in all_departments(city_of(request))]
    context |= {"tree": tree, "form": form, "problems": problems}
    return render(
        request, "people/departments.html", context, status=422 if request.method == "POST" else 200
    )


@manager_page(DEPARTMENTS)
@require_http_methods(["GET", "HEAD", "POST"])
def department(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Change one department."""
    found = Department.objects.filter(city=city_of(request), slug=slug).select_related("parent").first()
    if found is None:
        raise Http404
    form = DepartmentForm(city_of(request), found, request.POST or None)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        problems = attempt(lambda: _keep(request, form))
        if not problems:
            return done(request, gettext("The department was changed."), "desk-departments")
    return _show_one(request, found, form, problems)


def _show_one(
    request: HttpRequest, found: Department, form: DepartmentForm, problems: tuple[Problem, ...]
) -> HttpResponse:
    crumbs = way((gettext("Departments"), reverse("desk-departments")), (name_of(found), ""))
    context = frame(
        request,
        "departments",
        name_of(found),
        gettext("Its address stays the same, so that links keep working."),
        crumbs=crumbs,
    )
    context |= {"form": form, "problems": problems, "department": found}
    return render(request, "people/department.html", context, status=422 if request.method == "POST" else 200)


def _keep(request: HttpRequest, form: DepartmentForm) -> None:
    said, found = form.cleaned_data, form.department
    name = form.name(said)
    if found:
        slug = found.slug
        name = {
            language: text for language, text in found.name.items() if language not in form.languages
        } | name
    else:
        slug = slug_of(next(iter(name.values())), most=60)
    set_up_department(
        city=city_of(request),
        slug=slug,
        name=name,
        parent=said["parent"],
        email=said["email"],
        by=principal_of(request),
    )
