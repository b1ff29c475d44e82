# SPDX-License-Identifier: EUPL-1.2
import django.db.models.deletion
import stoa.houses.observations.terms
import uuid
from django.db import migrations, models


from stoa.commons.cities.locks import city_lock, same_city

LOCKED = ("citydecoder", "feed", "device", "deviceseries", "devicemessage")
TIES = (
    ("feed", "department_id", "people_department"),
    ("device", "thing_id", "observations_thing"),
    ("device", "feed_id", "observations_feed"),
    ("deviceseries", "device_id", "observations_device"),
    ("deviceseries", "datastream_id", "observations_datastream"),
    ("devicemessage", "device_id", "observations_device"),
)


class Migration(migrations.Migration):

    dependencies = [
        ('cities', '0002_database'),
        ('observations', '0004_writing'),
        ('people', '0003_attempts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Feed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(help_text='What people call it.', max_length=200, verbose_name='title')),
                ('kind', models.CharField(choices=[(stoa.houses.observations.terms.FeedKind['GBFS'], stoa.houses.observations.terms.FeedKind['GBFS']), (stoa.houses.observations.terms.FeedKind['JSON'], stoa.houses.observations.terms.FeedKind['JSON'])], help_text='What is at the address.', max_length=10, verbose_name='kind')),
                ('url', models.URLField(help_text='Where it is asked.', max_length=2000, verbose_name='web address')),
                ('recipe', models.JSONField(blank=True, default=dict, help_text='Which part of the answer is which value (JSON by a recipe).')),
                ('every_minutes', models.PositiveIntegerField(default=5, help_text='How often it is asked.', verbose_name='every so many minutes')),
                ('is_active', models.BooleanField(default=True, help_text='Asked by itself.', verbose_name='asked by itself')),
                ('seen', models.JSONField(blank=True, default=dict, help_text='What the server said of its last answer.')),
                ('asked_at', models.DateTimeField(help_text='When it was last asked.', null=True)),
                ('next_at', models.DateTimeField(help_text='When it is asked next.', null=True)),
                ('answered_at', models.DateTimeField(help_text='When it last answered well.', null=True)),
                ('problem', models.JSONField(help_text='What went wrong the last time; empty: nothing.', null=True)),
                ('taken', models.PositiveIntegerField(default=0, help_text='New observations of the last answer.')),
                ('city', models.ForeignKey(help_text='The city.', on_delete=django.db.models.deletion.CASCADE, to='cities.city')),
                ('department', models.ForeignKey(help_text='Who answers for it.', on_delete=django.db.models.deletion.PROTECT, to='people.department')),
            ],
            options={
                'verbose_name': 'feed',
                'verbose_name_plural': 'feeds',
            },
        ),
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, help_text='Stable id, for ever.', unique=True)),
                ('name', models.CharField(help_text='What people call it.', max_length=200, verbose_name='name')),
                ('carrier', models.CharField(choices=[(stoa.houses.observations.terms.Carrier['LORAWAN'], stoa.houses.observations.terms.Carrier['LORAWAN']), (stoa.houses.observations.terms.Carrier['HTTP'], stoa.houses.observations.terms.Carrier['HTTP']), (stoa.houses.observations.terms.Carrier['MQTT'], stoa.houses.observations.terms.Carrier['MQTT']), (stoa.houses.observations.terms.Carrier['FEED'], stoa.houses.observations.terms.Carrier['FEED']), (stoa.houses.observations.terms.Carrier['FILE'], stoa.houses.observations.terms.Carrier['FILE'])], help_text='How its messages come.', max_length=12, verbose_name='way')),
                ('identifier', models.CharField(help_text='Its address in its network: for LoRaWAN the DevEUI, 16 hexadecimal digits.', max_length=200, verbose_name='address')),
                ('decoder', models.CharField(blank=True, help_text='Id of the decoder that reads its payloads.', max_length=80, verbose_name='decoder')),
                ('decoder_version', models.PositiveIntegerField(blank=True, help_text='Version of the decoder; empty: always the newest.', null=True)),
                ('parameters', models.JSONField(blank=True, default=dict, help_text='Numbers of the decoder that are otherwise for this device.')),
                ('recipe', models.JSONField(blank=True, default=dict, help_text='Which part of its JSON messages is which value.')),
                ('key_digest', models.CharField(blank=True, help_text='SHA-256 of its key.', max_length=64)),
                ('mqtt_hash', models.CharField(blank=True, help_text="Its key as Mosquitto's password file wants it.", max_length=200)),
                ('expected_interval_s', models.PositiveIntegerField(blank=True, help_text='After how many seconds it should be heard again; empty: nobody waits.', null=True, verbose_name='expected interval')),
                ('is_active', models.BooleanField(default=True, help_text='Its messages are taken; otherwise they are put aside.', verbose_name='in use')),
                ('last_seen_at', models.DateTimeField(help_text='When it was last heard.', null=True)),
                ('silent_since', models.DateTimeField(help_text='Since when it is silent; empty: it is heard.', null=True)),
                ('battery_percent', models.FloatField(help_text='How full its battery is, percent.', null=True)),
                ('battery_v', models.FloatField(help_text='Voltage of its battery.', null=True)),
                ('rssi_dbm', models.FloatField(help_text='How strongly the best gateway heard it, dBm.', null=True)),
                ('snr_db', models.FloatField(help_text='How clearly the best gateway heard it, dB.', null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, help_text='When it was registered.')),
                ('city', models.ForeignKey(help_text='The city.', on_delete=django.db.models.deletion.CASCADE, to='cities.city')),
                ('thing', models.ForeignKey(help_text='What it observes.', on_delete=django.db.models.deletion.CASCADE, related_name='devices', to='observations.thing')),
                ('feed', models.ForeignKey(blank=True, help_text='The feed that tells of it; empty: it sends by itself.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='devices', to='observations.feed')),
            ],
            options={
                'verbose_name': 'device',
                'verbose_name_plural': 'devices',
            },
        ),
        migrations.CreateModel(
            name='CityDecoder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('identifier', models.CharField(help_text='Its id, as devices name it.', max_length=80)),
                ('version', models.PositiveIntegerField(help_text='Counted up by every change.')),
                ('title', models.CharField(help_text='For which devices it is.', max_length=200)),
                ('definition', models.TextField(help_text='The definition as it was written (TOML or JSON).')),
                ('by_name', models.CharField(blank=True, help_text='Who kept this version.', max_length=200)),
                ('created_at', models.DateTimeField(auto_now_add=True, help_text='When it was kept.')),
                ('city', models.ForeignKey(help_text='The city.', on_delete=django.db.models.deletion.CASCADE, to='cities.city')),
            ],
            options={
                'verbose_name': 'decoder',
                'verbose_name_plural': 'decoders',
                'constraints': [models.UniqueConstraint(fields=('city', 'identifier', 'version'), name='decoder_version_once')],
            },
        ),
        migrations.CreateModel(
            name='DeviceMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('received_at', models.DateTimeField(help_text='When it was received.')),
                ('counter', models.BigIntegerField(help_text='Number that the device gave it.', null=True)),
                ('port', models.PositiveIntegerField(help_text='LoRaWAN port.', null=True)),
                ('payload', models.BinaryField(help_text='The bytes, at most 1 KiB.')),
                ('values', models.JSONField(default=list, help_text='What was read: name, value and unit.')),
                ('problem', models.JSONField(help_text='Why it could not be read; empty: it could.', null=True)),
                ('city', models.ForeignKey(help_text='The city.', on_delete=django.db.models.deletion.CASCADE, to='cities.city')),
                ('device', models.ForeignKey(help_text='The device.', on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='observations.device')),
            ],
            options={
                'verbose_name': 'message of a device',
                'verbose_name_plural': 'messages of devices',
                'indexes': [models.Index(fields=['device', '-received_at'], name='device_newest')],
            },
        ),
        migrations.CreateModel(
            name='DeviceSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.CharField(help_text='Name of the value in its messages.', max_length=120)),
                ('city', models.ForeignKey(help_text='The city.', on_delete=django.db.models.deletion.CASCADE, to='cities.city')),
                ('datastream', models.ForeignKey(help_text='The series.', on_delete=django.db.models.deletion.CASCADE, to='observations.datastream')),
                ('device', models.ForeignKey(help_text='The device.', on_delete=django.db.models.deletion.CASCADE, related_name='series', to='observations.device')),
            ],
            options={
                'verbose_name': 'series of a device',
                'verbose_name_plural': 'series of devices',
                'constraints': [models.UniqueConstraint(fields=('device', 'value'), name='device_value_once')],
            },
        ),
        migrations.AddIndex(
            model_name='feed',
            index=models.Index(fields=['city', 'next_at'], name='feed_next'),
        ),
        migrations.AddIndex(
            model_name='device',
            index=models.Index(fields=['city', 'last_seen_at'], name='device_last_seen'),
        ),
        migrations.AddConstraint(
            model_name='device',
            constraint=models.UniqueConstraint(fields=('city', 'feed', 'identifier'), name='device_identifier_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='device',
            constraint=models.UniqueConstraint(condition=models.Q(('key_digest', ''), _negated=True), fields=('key_digest',), name='device_key_once'),
        ),
        *(city_lock(f"observations_{table}") for table in LOCKED),
        *(same_city(f"observations_{table}", column, target) for table, column, target in TIES),
    ]
