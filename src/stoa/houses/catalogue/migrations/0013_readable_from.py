# SPDX-License-Identifier: EUPL-1.2
"""From which version on readers see a dataset, what keeps it closed, and when a question became another one."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0012_portal_follow'),
    ]

    operations = [
        migrations.AddField(
            model_name='dataset',
            name='closed_for',
            field=models.JSONField(blank=True, help_text='Why nobody may open it any more; empty: nothing stands against it.', null=True),
        ),
        migrations.AddField(
            model_name='dataset',
            name='readable_from',
            field=models.PositiveIntegerField(default=1, help_text='The oldest version that its readers see; older ones were made while fewer people could read it.'),
        ),
        migrations.AddField(
            model_name='savedquery',
            name='changed_at',
            field=models.DateTimeField(help_text='When it last became a different question; empty: it is the first.', null=True),
        ),
    ]
