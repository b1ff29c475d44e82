# SPDX-License-Identifier: EUPL-1.2

import stoa.houses.catalogue.terms
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0010_federation"),
    ]

    operations = [
        migrations.AlterField(
            model_name="harvestsource",
            name="kind",
            field=models.CharField(
                choices=[
                    (
                        stoa.houses.catalogue.terms.HarvestKind["CKAN"],
                        stoa.houses.catalogue.terms.HarvestKind["CKAN"],
                    ),
                    (
                        stoa.houses.catalogue.terms.HarvestKind["DCAT"],
                        stoa.houses.catalogue.terms.HarvestKind["DCAT"],
                    ),
                    (
                        stoa.houses.catalogue.terms.HarvestKind["DATA_JSON"],
                        stoa.houses.catalogue.terms.HarvestKind["DATA_JSON"],
                    ),
                    (
                        stoa.houses.catalogue.terms.HarvestKind["OGC_FEATURES"],
                        stoa.houses.catalogue.terms.HarvestKind["OGC_FEATURES"],
                    ),
                    (
                        stoa.houses.catalogue.terms.HarvestKind["OGC_RECORDS"],
                        stoa.houses.catalogue.terms.HarvestKind["OGC_RECORDS"],
                    ),
                    (
                        stoa.houses.catalogue.terms.HarvestKind["WFS"],
                        stoa.houses.catalogue.terms.HarvestKind["WFS"],
                    ),
                    (
                        stoa.houses.catalogue.terms.HarvestKind["ARCGIS"],
                        stoa.houses.catalogue.terms.HarvestKind["ARCGIS"],
                    ),
                    (
                        stoa.houses.catalogue.terms.HarvestKind["STOA"],
                        stoa.houses.catalogue.terms.HarvestKind["STOA"],
                    ),
                    (
                        stoa.houses.catalogue.terms.HarvestKind["FILES"],
                        stoa.houses.catalogue.terms.HarvestKind["FILES"],
                    ),
                    (
                        stoa.houses.catalogue.terms.HarvestKind["FOLDER"],
                        stoa.houses.catalogue.terms.HarvestKind["FOLDER"],
                    ),
                ],
                help_text="Which language that catalogue speaks.",
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="harvestsource",
            name="url",
            field=models.CharField(
                help_text="Where that catalogue answers, without any password; or a folder.",
                max_length=2000,
                verbose_name="address",
            ),
        ),
    ]
