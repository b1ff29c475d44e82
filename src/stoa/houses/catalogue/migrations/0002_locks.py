# SPDX-License-Identifier: EUPL-1.2
"""Lock every table of the catalogue to its city, and tie rows of one city together."""

from django.db import migrations

from stoa.commons.cities.locks import city_lock, same_city


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial"), ("people", "0002_locks"), ("files", "0002_locks"), ("cities", "0002_database")]

    operations = [
        city_lock("catalogue_dataset"),
        city_lock("catalogue_source"),
        city_lock("catalogue_personalrelease"),
        city_lock("catalogue_delivery"),
        city_lock("catalogue_version"),
        city_lock("catalogue_qualityreport"),
        city_lock("catalogue_rowreport"),
        same_city("catalogue_dataset", "department_id", "people_department"),
        same_city("catalogue_dataset", "current_id", "catalogue_version"),
        same_city("catalogue_source", "dataset_id", "catalogue_dataset"),
        same_city("catalogue_personalrelease", "dataset_id", "catalogue_dataset"),
        same_city("catalogue_delivery", "dataset_id", "catalogue_dataset"),
        same_city("catalogue_delivery", "file_id", "files_storedfile"),
        same_city("catalogue_version", "dataset_id", "catalogue_dataset"),
        same_city("catalogue_version", "delivery_id", "catalogue_delivery"),
        same_city("catalogue_qualityreport", "version_id", "catalogue_version"),
        same_city("catalogue_rowreport", "dataset_id", "catalogue_dataset"),
    ]
