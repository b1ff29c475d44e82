# SPDX-License-Identifier: EUPL-1.2
"""A draft that nobody wants any more, and a file whose content stands in a version."""

from __future__ import annotations

import shutil
from functools import partial

from django.db import transaction

from stoa.commons.audit.actions import record
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.catalogue.actions.publishing import hold_dataset
from stoa.houses.catalogue.actions.rights import need
from stoa.houses.catalogue.models import Dataset, Delivery
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import DeliveryState


@transaction.atomic
def let_file_go(*, delivery: Delivery, by: Principal) -> bool:
    """Give back the room of a file that the portal made itself and whose content stands in a version; says whether.

    What is known of it stays. A file that anybody else needs, or that is not published, is kept.
    """
    need(by, Permission.EDIT_DATASET, delivery.dataset.department_id)
    others = Delivery.objects.filter(file=delivery.file).exclude(pk=delivery.pk)
    is_done = delivery.state in {DeliveryState.PUBLISHED, DeliveryState.UNCHANGED}
    if not is_done or others.exclude(dataset=delivery.dataset).exists():
        return False
    transaction.on_commit(partial(delivery.file.path.unlink, missing_ok=True))
    return True


@transaction.atomic
def discard_draft(*, dataset: Dataset, by: Principal) -> None:
    """Delete a dataset that never was public, with its files on the way; what was public is retired instead."""
    need(by, Permission.EDIT_DATASET, dataset.department_id)
    dataset = hold_dataset(dataset.pk)
    if dataset.published_at is not None:
        raise Refused(
            Problem(
                "catalogue.dataset_was_public",
                say("This dataset was public, so it cannot be deleted."),
                say("Others may have named it as their source."),
                say("Take it out of the offer; its page then says so."),
            )
        )
    folders = [delivery.workdir for delivery in dataset.deliveries.all()]
    record(city_id=dataset.city_id, by=by, verb="dataset.discarded", thing="dataset", thing_id=dataset.slug)
    dataset.delete()
    for folder in folders:
        transaction.on_commit(partial(shutil.rmtree, folder, ignore_errors=True))
