# SPDX-License-Identifier: EUPL-1.2
"""Lock the audit trail to its city; it only grows."""

from django.db import migrations

from stoa.commons.cities.locks import append_only, city_lock


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("cities", "0002_database")]

    operations = [
        city_lock("audit_auditline"),
        append_only("audit_auditline"),
    ]
