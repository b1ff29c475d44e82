# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the registers' desk."""

from __future__ import annotations

from django.urls import path

from stoa.commons.people.pages.desk import add_sections
from stoa.houses.registers.pages.desk import entry, home, kinds, settings, sheets
from stoa.houses.registers.pages.desk.opening import sections_of_registers

add_sections("registers", sections_of_registers, place=55)

_KIND = "<slug:kind>"

urlpatterns = [
    path("", home.registers, name="desk-registers"),
    path("kinds/", kinds.kinds, name="desk-register-kinds"),
    path("kinds/<slug:slug>/", kinds.kind, name="desk-register-kind"),
    path("kinds/<slug:slug>/remove", kinds.remove, name="desk-register-kind-remove"),
    path(f"{_KIND}/", home.register, name="desk-register"),
    path(f"{_KIND}/new", entry.new, name="desk-register-new"),
    path(f"{_KIND}/settings", settings.setting, name="desk-register-setting"),
    path(f"{_KIND}/sheets", sheets.sheets, name="desk-register-sheets"),
    path(f"{_KIND}/sheets/template.csv", sheets.template, name="desk-register-template"),
    path(f"{_KIND}/sheets/<int:pk>", sheets.sheet, name="desk-register-sheet"),
    path(f"{_KIND}/sheets/<int:pk>/state", sheets.sheet_state, name="desk-register-sheet-state"),
    path(f"{_KIND}/<slug:code>", entry.entry, name="desk-register-entry"),
    path(f"{_KIND}/<slug:code>/deed/<slug:deed>", entry.deed, name="desk-register-deed"),
]
