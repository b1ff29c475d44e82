# SPDX-License-Identifier: EUPL-1.2
"""Where it is counted how often somebody tried to sign in or to have a password sent: shared by all processes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0002_locks")]

    operations = [
        migrations.RunSQL(
            """
            create table if not exists people_attempts (
              cache_key varchar(255) primary key,
              value text not null,
              expires timestamptz not null
            );
            create index if not exists people_attempts_expires on people_attempts (expires);
            """,
            "drop table people_attempts;",
        )
    ]
