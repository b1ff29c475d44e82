# SPDX-License-Identifier: EUPL-1.2
"""Portals that show our data too, and how often it was used there; each locked to its city."""

import django.db.models.deletion
import stoa.houses.catalogue.terms
from django.db import migrations, models

from stoa.commons.cities.locks import city_lock, same_city


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0009_views_stories'),
        ('cities', '0002_database'),
    ]

    operations = [
        migrations.CreateModel(
            name='Republisher',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(help_text='What people call that portal.', max_length=200, verbose_name='name')),
                ('url', models.CharField(help_text='Where that portal begins.', max_length=500, verbose_name='address')),
                ('known_as', models.CharField(help_text='How the address of our own portal begins that was harvested there.', max_length=500, verbose_name='our address there')),
                ('looked_at', models.DateTimeField(help_text='When it was last asked.', null=True)),
                ('problem', models.JSONField(blank=True, help_text='What went wrong when it was last asked.', null=True)),
                ('city', models.ForeignKey(help_text='The city.', on_delete=django.db.models.deletion.CASCADE, to='cities.city')),
            ],
            options={
                'verbose_name': 'portal that shows our data',
                'verbose_name_plural': 'portals that show our data',
            },
        ),
        migrations.CreateModel(
            name='UsedElsewhere',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(help_text="The day in that portal's time zone.")),
                ('kind', models.CharField(choices=[(stoa.houses.catalogue.terms.UsageKind['PAGE'], stoa.houses.catalogue.terms.UsageKind['PAGE']), (stoa.houses.catalogue.terms.UsageKind['DOWNLOAD'], stoa.houses.catalogue.terms.UsageKind['DOWNLOAD']), (stoa.houses.catalogue.terms.UsageKind['API'], stoa.houses.catalogue.terms.UsageKind['API']), (stoa.houses.catalogue.terms.UsageKind['TILE'], stoa.houses.catalogue.terms.UsageKind['TILE']), (stoa.houses.catalogue.terms.UsageKind['SQL'], stoa.houses.catalogue.terms.UsageKind['SQL'])], help_text='Page, file, API call, map tile, SQL.', max_length=10)),
                ('program', models.BooleanField(help_text='Asked by a program, not by a person with a browser.')),
                ('uses', models.BigIntegerField(default=0, help_text='How often.')),
                ('rows', models.BigIntegerField(default=0, help_text='How many rows were handed out.')),
                ('city', models.ForeignKey(help_text='The city.', on_delete=django.db.models.deletion.CASCADE, to='cities.city')),
                ('dataset', models.ForeignKey(help_text='The dataset.', on_delete=django.db.models.deletion.CASCADE, related_name='used_elsewhere', to='catalogue.dataset')),
                ('republisher', models.ForeignKey(help_text='Through which portal.', on_delete=django.db.models.deletion.CASCADE, related_name='uses', to='catalogue.republisher')),
            ],
            options={
                'verbose_name': 'uses elsewhere',
                'verbose_name_plural': 'uses elsewhere',
            },
        ),
        migrations.AddConstraint(
            model_name='republisher',
            constraint=models.UniqueConstraint(fields=('city', 'url'), name='republisher_once'),
        ),
        migrations.AddIndex(
            model_name='usedelsewhere',
            index=models.Index(fields=['city', 'day'], name='used_elsewhere_by_day'),
        ),
        migrations.AddConstraint(
            model_name='usedelsewhere',
            constraint=models.UniqueConstraint(fields=('republisher', 'dataset', 'day', 'kind', 'program'), name='used_elsewhere_once'),
        ),
        migrations.AddConstraint(
            model_name='usedelsewhere',
            constraint=models.CheckConstraint(condition=models.Q(('rows__gte', 0), ('uses__gte', 0)), name='used_elsewhere_right'),
        ),
        city_lock("catalogue_republisher"),
        city_lock("catalogue_usedelsewhere"),
        same_city("catalogue_usedelsewhere", "dataset_id", "catalogue_dataset"),
        same_city("catalogue_usedelsewhere", "republisher_id", "catalogue_republisher"),
    ]
