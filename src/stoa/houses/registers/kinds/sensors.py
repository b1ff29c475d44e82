# SPDX-License-Identifier: EUPL-1.2
"""The sensor register: what measures in public space, why, for whom, on which ground, and until when.

After the first register that a city made mandatory (field list of its API and its by-law: whoever places a sensor for
professional use in public space reports it at least five days before), the publication schema of a second and the
split into sensor, deployment and conditions of a third. Exempt are private persons and sensors for public order or
criminal investigation: they may stand in the register, but their exact place is never shown. Sensors that move are
reported by area. "No personal data" is an answer; "not known yet" is another one.
"""

from __future__ import annotations

from stoa.ground.words import N_
from stoa.houses.registers.rules.declaring import Field, FieldType, Group, Kind, Term, View, When

TYPES = (
    Term("presence", N_("Presence or proximity"), N_("Notices that something or somebody is there.")),
    Term("density", N_("Density"), N_("Counts how many people or vehicles there are.")),
    Term("position", N_("Position or movement"), N_("Notices where something is, or that it moves.")),
    Term("optical", N_("Camera or other light"), N_("Takes pictures or measures light.")),
    Term("sound", N_("Sound")),
    Term("climate", N_("Weather and climate"), N_("Rain, wind, moisture, radiation.")),
    Term("temperature", N_("Temperature")),
    Term("chemical", N_("Air and substances"), N_("Particles, gases, quality of air or water.")),
    Term("flow", N_("Flow or level of liquid and gas")),
    Term("pressure", N_("Pressure")),
    Term("electricity", N_("Electricity")),
    Term("other", N_("Something else")),
)
THEMES = (
    Term("mobility", N_("Traffic and mobility")),
    Term("parking", N_("Parking")),
    Term("safety", N_("Safety")),
    Term("crowd", N_("Crowds")),
    Term("air", N_("Air")),
    Term("noise", N_("Noise")),
    Term("climate", N_("Weather and climate")),
    Term("water", N_("Water")),
    Term("green", N_("Green and soil")),
    Term("energy", N_("Energy and lighting")),
    Term("waste", N_("Waste")),
    Term("buildings", N_("Buildings and structures")),
    Term("other", N_("Something else")),
)
OWNERS = (
    Term("city", N_("The city")),
    Term("public_body", N_("Another public body")),
    Term("company", N_("A company or an association")),
    Term("private", N_("A private person")),
)
EXEMPTIONS = (
    Term("none", N_("No")),
    Term("private_person", N_("Yes, it belongs to a private person")),
    Term("public_order", N_("Yes, it serves public order")),
    Term("investigation", N_("Yes, it serves a criminal investigation")),
)
GROUNDS = (
    Term("public_task", N_("Public task"), N_("Article 6(1)(e) GDPR")),
    Term("legal_obligation", N_("Legal obligation"), N_("Article 6(1)(c) GDPR")),
    Term("consent", N_("Consent"), N_("Article 6(1)(a) GDPR")),
    Term("contract", N_("Contract"), N_("Article 6(1)(b) GDPR")),
    Term("vital_interests", N_("Vital interests"), N_("Article 6(1)(d) GDPR")),
    Term(
        "legitimate_interest",
        N_("Legitimate interest"),
        N_("Article 6(1)(f) GDPR; not for public bodies at work"),
    ),
)

_MOVES, _STAYS = When("mobile", ("yes",)), When("mobile", ("no",))
_PERSONAL = When("personal_data", ("yes",))
_NOT_EXEMPT = When("exemption", ("none",))
_NOT_PRIVATE = When("owner_kind", ("city", "public_body", "company"))
_NOT_OURS = When("owner_kind", ("public_body", "company", "private"))

SENSORS = Kind(
    slug="sensors",
    title=N_("Sensors"),
    about=N_(
        "Devices that measure in public space: what they measure and why, who is responsible, whether they collect "
        "personal data, and until when they stay."
    ),
    one=N_("Sensor"),
    groups=(
        Group(
            N_("What it is"),
            (
                Field(
                    "title", FieldType.TEXT, N_("Name"),
                    N_("As a passer-by would say it: “Counter at the harbour bridge”."),
                    is_required=True, headings=("naam", "name", "title", "bezeichnung"),
                ),
                Field(
                    "reference", FieldType.TEXT, N_("Own number"),
                    N_("The number that the owner gives it. A spreadsheet with the same number changes this entry."),
                    most=100, headings=("reference", "referentie", "referenz", "kenmerk", "id", "device id"),
                ),
                Field(
                    "type", FieldType.CODE, N_("Kind of sensor"), vocabulary=TYPES, is_required=True,
                    headings=("type", "sensortype", "sensor type", "art"),
                ),
                Field(
                    "measures", FieldType.LONG_TEXT, N_("What it measures"),
                    N_("In plain words: “How many bicycles pass in each direction, by the quarter of an hour”."),
                    is_required=True,
                    headings=("measures", "datastream", "wat meet de sensor", "misst", "messgrösse"),
                ),
                Field(
                    "themes", FieldType.CODES, N_("Themes"), vocabulary=THEMES, is_required=True,
                    headings=("theme", "themes", "thema", "themen", "thema's"),
                ),
            ),
        ),
        Group(
            N_("Where it is"),
            (
                Field(
                    "mobile", FieldType.TRUTH, N_("Does it move?"),
                    N_("On a vehicle or a vessel, or carried about."),
                    is_required=True, headings=("mobile", "mobiel", "mobiele sensor", "beweglich"),
                ),
                Field(
                    "place", FieldType.PLACE, N_("Place"),
                    N_("Longitude and latitude in degrees, for example 7.6261 and 51.9607."),
                    required_when=_STAYS, used_when=_STAYS, public_when=_NOT_EXEMPT,
                    headings=("place", "location", "locatie", "ort"),
                ),
                Field(
                    "place_description", FieldType.TEXT, N_("Place in words"),
                    N_("“Lamp post in front of the library, three metres up”."),
                    used_when=_STAYS, public_when=_NOT_EXEMPT,
                    headings=("location description", "locatieomschrijving", "ort in worten"),
                ),
                Field(
                    "regions", FieldType.WORDS, N_("Districts"),
                    N_("Of a sensor that moves, or whose exact place is not shown: one in each line."),
                    required_when=_MOVES, headings=("region", "regions", "regio", "gebied", "gebiet", "stadtteil"),
                ),
                Field(
                    "exemption", FieldType.CODE, N_("Is it exempt from the duty to report?"),
                    N_("The exact place of an exempt sensor is never shown."),
                    vocabulary=EXEMPTIONS, is_required=True, is_public=False,
                    headings=("exemption", "vrijstelling", "ausnahme"),
                ),
            ),
        ),
        Group(
            N_("Who is responsible"),
            (
                Field(
                    "owner_kind", FieldType.CODE, N_("Owner"), vocabulary=OWNERS, is_required=True,
                    headings=("owner kind", "soort eigenaar", "art des eigentümers"),
                ),
                Field(
                    "organisation", FieldType.TEXT,
                    N_("Organisation"), required_when=_NOT_PRIVATE, used_when=_NOT_PRIVATE,
                    public_when=_NOT_PRIVATE,
                    headings=("organisation", "organization", "organisatie", "owner organisation"),
                ),
                Field(
                    "public_contact", FieldType.EMAIL, N_("Public e-mail address"),
                    N_("Of an office, not of a person: everybody sees it."),
                    used_when=_NOT_PRIVATE, public_when=_NOT_PRIVATE,
                    headings=("public contact", "öffentliche e-mail"),
                ),
                Field(
                    "website", FieldType.URL, N_("Website"), used_when=_NOT_PRIVATE, public_when=_NOT_PRIVATE,
                    headings=("website", "internetseite"),
                ),
                Field(
                    "contact_name", FieldType.TEXT, N_("Name of the contact"),
                    N_("Erased after the end of the entry."),
                    required_when=_NOT_OURS, is_public=False, is_personal=True,
                    headings=("contact", "contactpersoon", "contact name", "ansprechperson"),
                ),
                Field(
                    "contact_email", FieldType.EMAIL, N_("E-mail address of the contact"),
                    N_("Erased after the end of the entry."),
                    required_when=_NOT_OURS, is_public=False, is_personal=True,
                    headings=("e-mail", "email", "e-mailadres"),
                ),
                Field(
                    "contact_phone", FieldType.PHONE, N_("Telephone of the contact"),
                    N_("Erased after the end of the entry."),
                    required_when=_NOT_OURS, is_public=False, is_personal=True,
                    headings=("telephone", "phone", "telefoon", "telefon"),
                ),
                Field(
                    "operator", FieldType.TEXT, N_("Runs it"), N_("The organisation, if it is not the owner."),
                    used_when=_NOT_PRIVATE, public_when=_NOT_PRIVATE,
                    headings=("operator", "beheerder", "betreiber"),
                ),
                Field(
                    "supplier", FieldType.TEXT, N_("Supplies it"), N_("The organisation that it was bought from."),
                    used_when=_NOT_PRIVATE, public_when=_NOT_PRIVATE,
                    headings=("supplier", "leverancier", "lieferant"),
                ),
            ),
        ),
        Group(
            N_("Why, and with which data"),
            (
                Field(
                    "personal_data", FieldType.TRUTH, N_("Does it collect personal data?"),
                    N_("Pictures, number plates, addresses of telephones count as personal data."),
                    is_required=True,
                    headings=("personal data", "contains pi data", "verwerkt persoonsgegevens", "personenbezogene daten"),
                ),
                Field(
                    "goals", FieldType.ROWS, N_("Goals"),
                    N_("Each goal by itself: with personal data, each needs a ground and a declaration."),
                    columns=(
                        Field(
                            "goal", FieldType.TEXT, N_("Goal"), is_required=True, most=300,
                            headings=("goal", "doel", "ziel", "zweck", "observation goal"),
                        ),
                        Field(
                            "legal_ground", FieldType.CODE,
                            N_("Legal ground"), vocabulary=GROUNDS, required_when=_PERSONAL,
                            headings=("legal ground", "wettelijke grondslag", "rechtsgrundlage"),
                        ),
                        Field(
                            "privacy_declaration", FieldType.URL, N_("Privacy declaration"),
                            N_("The address of the page."),
                            required_when=_PERSONAL,
                            headings=("privacy declaration", "privacyverklaring", "datenschutzerklärung", "privacy url"),
                        ),
                    ),
                    is_required=True, most=10,
                ),
                Field(
                    "dpia", FieldType.URL, N_("Impact assessment"),
                    N_("The address of the data protection impact assessment or its summary."),
                    used_when=_PERSONAL, headings=("dpia", "impact assessment"),
                ),
                Field(
                    "retention_months", FieldType.NUMBER, N_("Months for which personal data is kept"),
                    N_("0: not kept at all."),
                    used_when=_PERSONAL, most=1200,
                    headings=("retention", "bewaartermijn", "aufbewahrung in monaten"),
                ),
            ),
        ),
        Group(
            N_("From when until when"),
            (
                Field(
                    "starts_on", FieldType.DATE, N_("In place from"),
                    N_("It is to be reported at least five days before."),
                    headings=("starts on", "start", "vanaf", "ab"),
                ),
                Field(
                    "ends_on", FieldType.DATE, N_("In place until"),
                    N_("The entry ends by itself after this day; we remind you before."),
                    is_required=True,
                    headings=("active until", "geldig tot", "removal date", "valid until", "bis"),
                ),
                Field(
                    "project", FieldType.TEXT, N_("Project"), N_("That it belongs to, if any."),
                    headings=("project", "projekt"),
                ),
            ),
        ),
        Group(
            N_("What it is tied to"),
            (
                Field(
                    "things", FieldType.THINGS, N_("Live measurements"),
                    N_("The ids of the things on this platform that report for it, one in each line."),
                    headings=("things", "datastream id", "thing id"),
                ),
                Field(
                    "dataset", FieldType.DATASET, N_("Dataset"),
                    N_("The short name of the dataset with its measurements."),
                    headings=("dataset", "dataset id", "datensatz"),
                ),
                Field(
                    "remark", FieldType.LONG_TEXT, N_("Remark for colleagues"),
                    is_public=False, headings=("remark", "opmerking", "bemerkung"),
                ),
            ),
        ),
    ),
    title_field="title",
    reference_field="reference",
    place_field="place",
    colour_field="personal_data",
    legend=(
        Term("yes", N_("Collects personal data")),
        Term("no", N_("Collects no personal data")),
        Term("unknown", N_("Not known whether it collects personal data")),
    ),
    things_field="things",
    ends_field="ends_on",
    filters=("type", "themes", "owner_kind", "personal_data", "mobile"),
    summary=("type", "measures", "organisation"),
    expected=("reference", "place_description", "public_contact", "dpia", "retention_months", "starts_on", "things"),
    views=(View.LIST, View.MAP),
    formats=("iot-devices", "wecity"),
    demands_entry=True,
    dataset_title=N_("Sensor register"),
    dataset_description=N_(
        "Every sensor in public space that stands in the sensor register: what it measures and why, who is "
        "responsible, whether it collects personal data, and until when it stays. Sensors that are no longer in use "
        "stay in the table. The exact place of exempt sensors and the contact data of people are left out."
    ),
)  # fmt: skip
"""The declaration; fields in the order of the form."""
