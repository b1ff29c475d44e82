# SPDX-License-Identifier: EUPL-1.2
"""Addresses that get news of the whole portal; locked to their city."""

import django.db.models.deletion
import django.db.models.functions.text
import stoa.houses.catalogue.terms
import uuid
from django.db import migrations, models

from stoa.commons.cities.locks import city_lock


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0011_folders'),
        ('cities', '0002_database'),
    ]

    operations = [
        migrations.CreateModel(
            name='PortalFollow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, help_text='Part of the address that confirms and ends it.', unique=True)),
                ('email', models.EmailField(help_text='Where messages go; erased when it ends.', max_length=254)),
                ('language', models.CharField(default='en', help_text='Language of the messages.', max_length=10)),
                ('rhythm', models.CharField(choices=[(stoa.houses.catalogue.terms.Rhythm['DAILY'], stoa.houses.catalogue.terms.Rhythm['DAILY']), (stoa.houses.catalogue.terms.Rhythm['WEEKLY'], stoa.houses.catalogue.terms.Rhythm['WEEKLY'])], default=stoa.houses.catalogue.terms.Rhythm['WEEKLY'], help_text='How often a message is sent.', max_length=10)),
                ('made_at', models.DateTimeField(auto_now_add=True, help_text='When it was asked for.')),
                ('confirmed_at', models.DateTimeField(blank=True, help_text='When the address said yes.', null=True)),
                ('told_until', models.DateTimeField(blank=True, help_text='Everything that was new until then has been told of.', null=True)),
                ('city', models.ForeignKey(help_text='The city.', on_delete=django.db.models.deletion.CASCADE, to='cities.city')),
            ],
            options={
                'verbose_name': 'follower of the portal',
                'verbose_name_plural': 'followers of the portal',
                'constraints': [models.UniqueConstraint(models.F('city'), django.db.models.functions.text.Lower('email'), name='portal_follow_once'), models.CheckConstraint(condition=models.Q(('confirmed_at', None), ('told_until__isnull', False), _connector='OR'), name='portal_follow_told_until_set')],
            },
        ),
        city_lock("catalogue_portalfollow"),
    ]
