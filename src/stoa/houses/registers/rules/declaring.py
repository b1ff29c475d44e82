# SPDX-License-Identifier: EUPL-1.2
"""What a kind of entry is made of: the words in which a declaration is written, and nothing that acts on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from stoa.ground.words import LanguageText

Label = str | LanguageText
"""An English sentence that gettext knows (declared in code), or the words per language (declared on a page)."""
Values = Mapping[str, Any]
"""What an entry says, by the names of its fields, in the shapes that `FieldType` names; what is not said is absent."""


class FieldType(StrEnum):
    """What the values of a field are, and the shape in which they are kept."""

    TEXT = "text"
    """One line: str."""
    LONG_TEXT = "long_text"
    """Sentences: str."""
    CODE = "code"
    """One term of the vocabulary: its code."""
    CODES = "codes"
    """Several of them, in the order of the vocabulary: list of codes."""
    TRUTH = "truth"
    """Yes, no, or not known yet: `terms.Truth`."""
    DATE = "date"
    """A day: ISO 8601."""
    NUMBER = "number"
    """A whole number, not below zero: int."""
    PLACE = "place"
    """A point: [longitude, latitude], WGS 84, degrees."""
    WORDS = "words"
    """Several short texts, each kept as it was written: list of str."""
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    """An address of the web: str."""
    DATASET = "dataset"
    """The short name of a dataset of the catalogue: str."""
    THINGS = "things"
    """Things of the city that report measurements, by their public ids: list of str."""
    ENTRIES = "entries"
    """Entries of this or another register of the city, by their short codes: list of str."""
    ROWS = "rows"
    """A small table within the entry: list of mappings of the columns."""


@dataclass(frozen=True, slots=True)
class Term:
    """One value of a vocabulary."""

    code: str
    label: Label
    about: Label = ""


@dataclass(frozen=True, slots=True)
class When:
    """Holds where a field says one of these codes; never where it says nothing."""

    field: str
    is_one_of: tuple[str, ...]

    def holds(self, values: Values) -> bool:
        said = values.get(self.field)
        given = said if isinstance(said, list) else [said]
        return any(one in self.is_one_of for one in given)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that an entry says."""

    name: str
    """Machine name: the name in the API and of the column of the dataset; never changes."""
    type: FieldType
    label: Label
    help: Label = ""
    vocabulary: tuple[Term, ...] = ()
    columns: tuple[Field, ...] = ()
    """Of a field of type ROWS."""
    is_required: bool = False
    """Needed before anybody else may see the entry; a draft may lack it."""
    required_when: When | None = None
    """Also needed where this holds. In a column of ROWS the field that is asked is one of the entry."""
    used_when: When | None = None
    """Makes sense only where this holds; elsewhere it is neither asked for nor counted as missing."""
    is_public: bool = True
    public_when: When | None = None
    """Shown to the public only where this holds, so that what is not said hides."""
    is_personal: bool = False
    """About a person: never public, kept out of the history, erased after the end of the entry."""
    headings: tuple[str, ...] = ()
    """Other headings under which spreadsheets bring it, in any language."""
    most: int = 0
    """Most letters, or most values of a list; 0: what is usual for the type."""

    def __post_init__(self) -> None:
        if self.is_personal and self.is_public:
            raise ValueError(f"{self.name}: what is personal cannot be declared public")
        if (self.type in {FieldType.CODE, FieldType.CODES}) != bool(self.vocabulary):
            raise ValueError(f"{self.name}: a field of codes has a vocabulary, and no other has one")
        if (self.type is FieldType.ROWS) != bool(self.columns):
            raise ValueError(f"{self.name}: a field of rows has columns, and no other has them")

    def needs_value(self, values: Values) -> bool:
        """Whether an entry with these values may not go on without it."""
        if not self.makes_sense(values):
            return False
        return self.is_required or bool(self.required_when and self.required_when.holds(values))

    def makes_sense(self, values: Values) -> bool:
        return self.used_when is None or self.used_when.holds(values)

    def is_shown(self, values: Values) -> bool:
        """Whether the public may see what an entry with these values says here."""
        return self.is_public and (self.public_when is None or self.public_when.holds(values))

    def term(self, code: str) -> Term | None:
        return next((one for one in self.vocabulary if one.code == code), None)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together, one part of form and page."""

    title: Label
    fields: tuple[Field, ...]
    about: Label = ""


class View(StrEnum):
    """In which forms the public page shows all entries."""

    LIST = "list"
    MAP = "map"


@dataclass(frozen=True, slots=True)
class Kind:
    """A register: one kind of thing that is kept in it."""

    slug: str
    title: Label
    """What the register is called."""
    about: Label
    """One or two sentences for everybody: what is in it and why the city keeps it."""
    one: Label
    """What one entry is called."""
    groups: tuple[Group, ...]
    title_field: str
    reference_field: str = ""
    """The owner's own number of it: a second upload with the same one changes the entry."""
    place_field: str = ""
    colour_field: str = ""
    """The field by which the points of the map are coloured: a truth, or codes of at most seven terms."""
    legend: tuple[Term, ...] = ()
    """What the colours mean, by the codes of that field, where its own words are too short for it."""
    things_field: str = ""
    ends_field: str = ""
    """The day after which the entry is ended by itself."""
    filters: tuple[str, ...] = ()
    """Fields by which the public list is narrowed; all of them are codes or truths."""
    summary: tuple[str, ...] = ()
    """Fields that a line of the list shows below the title."""
    expected: tuple[str, ...] = ()
    """Fields that a complete entry says something in, besides those that are needed."""
    views: tuple[View, ...] = (View.LIST,)
    formats: tuple[str, ...] = ()
    """Formats of others in which the API also gives it out, by their names in `standards/`."""
    remind_days: int = 30
    """How many days before the end the department is reminded."""
    keep_days: int = 180
    """How many days after the end what is personal is erased."""
    demands_entry: bool = False
    """A thing in public space should have an entry here; the city says what happens to one that has none."""
    dataset_title: Label = ""
    """Of the dataset with the whole register; empty: that of the register."""
    dataset_description: Label = ""

    def __post_init__(self) -> None:
        named = [field.name for field in self.fields]
        if len(set(named)) != len(named):
            raise ValueError(f"{self.slug}: two fields have the same name")
        pointing = (
            self.title_field,
            self.reference_field,
            self.place_field,
            self.things_field,
            self.colour_field,
            self.ends_field,
        )
        conditions = [
            when.field
            for field in self.fields
            for one in (field, *field.columns)
            for when in (one.required_when, one.used_when, one.public_when)
            if when
        ]
        unknown = {*filter(None, pointing), *self.filters, *self.summary, *self.expected, *conditions} - set(
            named
        )
        if unknown:
            raise ValueError(f"{self.slug}: there is no field {', '.join(sorted(unknown))}")

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(field for group in self.groups for field in group.fields)

    def field(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)


def several(kinds: Sequence[Kind]) -> dict[str, Kind]:
    """Kinds by their short names."""
    return {kind.slug: kind for kind in kinds}
