# SPDX-License-Identifier: EUPL-1.2
"""From what the catalogue hands out to DCAT values, with the addresses of this portal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from stoa.commons.cities.models import City
from stoa.gates.dcat import vocabulary
from stoa.ground.words import N_, LanguageText
from stoa.houses.catalogue.door import DatasetCard, VersionCard
from stoa.houses.catalogue.door.listing import CatalogueState
from stoa.houses.catalogue.door.services import Service, offered, serves
from stoa.houses.catalogue.terms import Access
from stoa.standards.dcat.values import (
    Agent,
    Catalogue,
    Checksum,
    Contact,
    DataService,
    DatasetRecord,
    Distribution,
    Paging,
    Place,
    Release,
)

_WEB = ("http://", "https://", "ftp://")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][\w.+!#$&^-]*/[A-Za-z0-9][\w.+!#$&^-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Describer:
    """Describes things of one city; `root` is the absolute address of its portal, without the last slash."""

    root: str
    city: City
    services: tuple[Service, ...]
    tongues: tuple[str, ...]
    titles: Mapping[str, LanguageText]
    """Of the services, by name."""

    @classmethod
    def of(cls, root: str, city: City) -> Describer:
        tongues, services = vocabulary.tongues(city.languages), offered()
        titles = {one.name: vocabulary.in_all(one.title, tongues) for one in services}
        return cls(root, city, services, tongues, titles)

    @property
    def catalogue_iri(self) -> str:
        return f"{self.root}/catalog"

    def catalogue(
        self, state: CatalogueState, paging: Paging | None = None, *, title: LanguageText | None = None
    ) -> Catalogue:
        """The catalogue as a whole."""
        name = self.city.name
        languages = (vocabulary.language(code.split("-")[0]) for code in self.city.languages)
        described = vocabulary.phrase(
            N_("What the city knows, as data: described, versioned and free to use."), self.tongues
        )
        return Catalogue(
            self.catalogue_iri,
            title or name,
            described,
            self._city_agent(),
            f"{self.root}/",
            languages=tuple(one for one in languages if one),
            place=Place(name, self.city.box),
            issued=state.began_at,
            modified=state.changed_at,
            taxonomies=vocabulary.taxonomies(self.tongues),
            services=tuple(self.service(one, state.hvd_categories) for one in self.services),
            paging=paging,
        )

    def service(self, service: Service, hvd_categories: Iterable[str] = ()) -> DataService:
        """A programming interface, with the categories of the high-value datasets behind it."""
        categories = (vocabulary.hvd_category(code, self.tongues) for code in hvd_categories)
        return DataService(
            self._service_iri(service),
            self.titles[service.name],
            self.root + service.endpoint,
            self._city_agent(),
            Contact(self.city.name, page=f"{self.root}/"),
            endpoint_description=self.root + service.description if service.description else "",
            standard=service.standard,
            documentation=service.standard,
            access=vocabulary.access(Access.OPEN, self.tongues),
            hvd_categories=tuple(one for one in categories if one),
        )

    def dataset(self, card: DatasetCard, versions: Iterable[VersionCard] = ()) -> DatasetRecord:
        """A dataset; with its versions where they are handed in."""
        page, tongues = self.page(card), self.tongues
        theme, category = (
            vocabulary.theme(card.theme, tongues),
            vocabulary.hvd_category(card.hvd_category, tongues),
        )
        languages = (vocabulary.language(code) for code in card.languages)
        served = self.served(card)
        return DatasetRecord(
            self.iri(card),
            str(card.uid),
            card.title,
            card.description,
            self._department(card),
            Contact(card.department_name, card.contact, f"{self.root}/departments/{card.department}"),
            page,
            pages=tuple(
                filter(None, (card.landing_page or (card.origin.landing_page if card.origin else ""),))
            ),
            themes=(theme,) if theme else (),
            keywords=card.keywords,
            languages=tuple(one for one in languages if one),
            frequency=vocabulary.frequency(card.frequency, tongues),
            access=vocabulary.access(card.access, tongues),
            place=self._place(card),
            period=card.period,
            conforms_to=card.conforms_to,
            provenance=self._provenance(card),
            hvd_categories=(category,) if category else (),
            issued=card.published_at,
            modified=max(filter(None, (card.updated_at, card.described_at)), default=None),
            version=str(card.version.number) if card.version else "",
            version_notes=card.version.note if card.version else "",
            distributions=self._distributions(card, served),
            releases=tuple(self._release(card, one) for one in versions),
            services=tuple(self._service_iri(one) for one in served),
        )

    def with_checksum(self, record: DatasetRecord, sha256: str) -> DatasetRecord:
        """The same, with the checksum of the stored file at the distribution that is this file, byte for byte."""
        files = (
            replace(one, checksum=Checksum("sha256", sha256)) if one.iri == f"{record.page}#parquet" else one
            for one in record.distributions
        )
        return replace(record, distributions=tuple(files))

    def page(self, card: DatasetCard) -> str:
        return f"{self.root}/datasets/{card.slug}"

    def iri(self, card: DatasetCard) -> str:
        """The dataset's name: that of the catalogue it came from, where it has one (DCAT-AP: keep it stable)."""
        kept = card.origin.remote_uri if card.origin else ""
        return kept if kept.startswith(_WEB) else self.page(card)

    def served(self, card: DatasetCard) -> list[Service]:
        """The interfaces that serve it to everybody."""
        rows = card.access == Access.OPEN and card.version is not None
        return [one for one in self.services if serves(one, has_map=card.has_map, rows_are_open=rows)]

    def _service_iri(self, service: Service) -> str:
        return f"{self.root}/catalog#service-{service.name}"

    def _city_agent(self) -> Agent:
        return Agent(f"{self.root}/#city", self.city.name, vocabulary.publisher_kind(self.tongues))

    def _department(self, card: DatasetCard) -> Agent:
        kind = vocabulary.publisher_kind(self.tongues)
        return Agent(f"{self.root}/departments/{card.department}", card.department_name, kind)

    def _place(self, card: DatasetCard) -> Place:
        """Its area; the city's where nothing else is said."""
        if card.spatial:
            return Place({"": card.spatial}, card.box)
        return Place(self.city.name, card.box or self.city.box)

    def _provenance(self, card: DatasetCard) -> str:
        first = card.origin.publisher or card.origin.source if card.origin else ""
        return card.source_note or first

    def _distributions(self, card: DatasetCard, served: list[Service]) -> tuple[Distribution, ...]:
        if card.remote_files:
            return tuple(self._remote(card))
        if card.access != Access.OPEN or card.version is None:
            return (self._closed(card),)
        places = card.version.geometry_types
        files = [
            self._file(card, card.version, code)
            for code in vocabulary.FORMATS
            if places or code not in vocabulary.PLACES
        ]
        return (*files, *(self._served_by(card, one) for one in served if one.dataset and one.needs_rows))

    def _file(self, card: DatasetCard, version: VersionCard, code: str, asked: str = "") -> Distribution:
        page = self.page(card)
        return Distribution(
            f"{page}{asked}#{code}",
            {"": vocabulary.FORMATS[code][1]},
            f"{page}/downloads{asked}",
            f"{page}/download/{code}{asked}",
            format=vocabulary.file_type(code),
            media_type=vocabulary.FORMATS[code][2],
            bytes=version.bytes if code == "parquet" else None,
            licence=vocabulary.licence(card.licence, self.tongues),
            rights=self._rights(card),
            availability=vocabulary.available(self.tongues),
            issued=card.published_at,
            modified=version.made_at,
        )

    def _served_by(self, card: DatasetCard, service: Service) -> Distribution:
        place = service.dataset.replace("{slug}", card.slug).replace("{uid}", str(card.uid))
        return Distribution(
            f"{self.page(card)}#{service.name}",
            self.titles[service.name],
            self.root + place,
            licence=vocabulary.licence(card.licence, self.tongues),
            rights=self._rights(card),
            availability=vocabulary.available(self.tongues),
            modified=card.version.made_at if card.version else None,
            service=self._service_iri(service),
        )

    def _closed(self, card: DatasetCard) -> Distribution:
        """Data that is there but not for everybody: its page says who may see it and whom to ask."""
        return Distribution(
            f"{self.page(card)}#access",
            vocabulary.phrase(N_("The rows are not open to everybody"), self.tongues),
            self.page(card),
            licence=vocabulary.licence(card.licence, self.tongues),
            rights=vocabulary.phrase(
                WHY_CLOSED.get(Access(card.access), WHY_CLOSED[Access.INTERNAL]), self.tongues
            ),
        )

    def _remote(self, card: DatasetCard) -> Iterable[Distribution]:
        for number, file in enumerate(card.remote_files, start=1):
            place = file.url if file.url.startswith(_WEB) else ""
            yield Distribution(
                f"{self.page(card)}#file-{number}",
                {"": file.title},
                place or self.page(card),
                place if file.is_download else "",
                description={"": file.description},
                format=vocabulary.file_type(file.format) if file.format else None,
                media_type=_registered(file.media_type),
                bytes=file.bytes if file.bytes is None or file.bytes >= 0 else None,
                licence=vocabulary.licence(file.licence, self.tongues)
                or vocabulary.licence(card.licence, self.tongues),
            )

    def _rights(self, card: DatasetCard) -> LanguageText:
        """How the source is to be named."""
        return {"": card.source_note} if card.source_note else {}

    def _release(self, card: DatasetCard, version: VersionCard) -> Release:
        asked = f"?version={version.number}"
        codes = [
            code for code in vocabulary.FORMATS if version.geometry_types or code not in vocabulary.PLACES
        ]
        files = [self._file(card, version, code, asked) for code in codes] if version.is_kept else []
        return Release(
            f"{self.page(card)}{asked}",
            str(version.number),
            card.title,
            card.description,
            version.note,
            version.made_at,
            tuple(files),
        )


def _registered(told: str) -> str:
    """A media type without parameters; empty if it is written like none."""
    name = told.partition(";")[0].strip()
    return name if _MEDIA_TYPE.fullmatch(name) else ""


WHY_CLOSED = {
    Access.ENTITLED: N_("These rows are for people of the administration. If you belong to it, sign in."),
    Access.ON_REQUEST: N_("The department gives access to these rows on request, with a reason."),
    Access.INTERNAL: N_("The department has not opened these rows."),
}
