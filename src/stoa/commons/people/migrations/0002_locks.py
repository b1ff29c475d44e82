# SPDX-License-Identifier: EUPL-1.2
"""Lock departments, memberships and tokens to their city."""

from django.db import migrations

from stoa.commons.cities.locks import city_lock, same_city


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("cities", "0002_database")]

    operations = [
        city_lock("people_department"),
        city_lock("people_membership"),
        city_lock("people_apitoken"),
        same_city("people_department", "parent_id", "people_department"),
        same_city("people_membership", "department_id", "people_department"),
        same_city("people_apitoken", "department_id", "people_department"),
    ]
