# SPDX-License-Identifier: EUPL-1.2
"""The reference of city folders says what the parser does."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from stoa.commons.cityfolder.parsing import parse_city
from stoa.commons.cityfolder.values import FolderDataset

PAGE = (Path(__file__).parents[3] / "docs/reference/city-folder.md").read_text(encoding="utf-8")


def test_the_example_can_be_read() -> None:
    examples = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert [len(parse_city(example).datasets) for example in examples] == [3]


def test_every_field_of_a_dataset_is_explained() -> None:
    told = set(re.findall(r"`(\w+)`", PAGE))
    told |= {"contact_name", "contact_email"} if "contact" in told else set()
    assert {field.name for field in dataclasses.fields(FolderDataset)} <= told
