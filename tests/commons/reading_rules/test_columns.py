# SPDX-License-Identifier: EUPL-1.2
"""What a column is."""

from stoa.commons.reading.rules.columns import guess_column
from stoa.commons.reading.rules.headings import unit_in_heading
from stoa.commons.reading.rules.missing import missing_words, without
from stoa.commons.reading.rules.oddities import odd
from stoa.commons.reading.rules.recipes import (
    machine_names,
    recipe_columns,
    unique_headings,
    with_shared_tokens,
)
from stoa.commons.reading.rules.samples import sample_of
from stoa.ground.tables import Kind


def guess(heading: str, *cells: str):
    return guess_column(sample_of(heading, cells), zone="Europe/Berlin", languages=("de",))


def test_whole_numbers_stay_whole_and_say_why():
    found = guess("Anzahl", "1", "22", "333")
    assert found.kind is Kind.INTEGER
    assert "3 of 3" in str(found.reasons[0])


def test_postcodes_and_telephone_numbers_stay_text():
    assert guess("PLZ", "48143", "48145").kind is Kind.TEXT
    assert guess("telephone", "2514921234", "2514921235").kind is Kind.TEXT
    assert guess("Straße_Hausnummer", "12", "44").kind is Kind.TEXT


def test_digits_with_a_leading_zero_stay_text():
    found = guess("Schlüssel", "0123", "4567")
    assert found.kind is Kind.TEXT
    assert "0123" in str(found.reasons[0])


def test_numbers_too_long_to_calculate_stay_text():
    assert guess("x", "12345678901234567890").kind is Kind.TEXT


def test_years_stay_whole_numbers():
    assert guess("Jahr", "2019", "2020").kind is Kind.INTEGER


def test_word_pairs_are_yes_and_no():
    found = guess("Skater", "ja", "nein", "")
    assert (found.kind, found.true_values, found.false_values) == (Kind.BOOLEAN, ("ja",), ("nein",))


def test_a_mark_means_yes_and_an_empty_cell_no():
    found = guess("Flucht", "X", "", "X")
    assert (found.kind, found.true_values, found.false_values) == (Kind.BOOLEAN, ("x",), ("",))


def test_zero_and_one_are_numbers_unless_told():
    assert guess("aktiv", "0", "1", "1").kind is Kind.INTEGER


def test_a_rare_word_between_many_numbers_is_named_in_a_warning():
    found = guess("Frei", *[str(n) for n in range(100)], "ges", "ges")
    assert found.kind is Kind.INTEGER
    assert found.tokens == ("ges",)
    assert found.warnings[0].code == "reading.words_between_numbers"
    assert "ges" in str(found.warnings[0].what)


def test_letters_among_codes_keep_the_column_text():
    assert guess("Typ", *["1", "2", "3"] * 40, "B").kind is Kind.TEXT
    assert guess("Nr", *[str(n) for n in range(99)], "12a").kind is Kind.TEXT
    assert guess("Lieferant ID", *[str(n) for n in range(900)], *["Redacted"] * 90).kind is Kind.TEXT


def test_a_column_of_nothing_but_a_shared_word_is_numeric_too():
    samples = [sample_of(h, [*map(str, range(50)), "ges"]) for h in "ab"] + [
        sample_of("c", ["ges", "ges", "5"])
    ]
    guesses = [guess_column(s, zone="UTC", languages=("de",)) for s in samples]
    assert with_shared_tokens(guesses, samples)[2].kind is Kind.INTEGER
    assert with_shared_tokens(guesses[1:], samples[1:])[1].kind is Kind.TEXT


def test_units_are_read_from_the_heading():
    assert unit_in_heading("Windstärke (km/h)") == "km/h"
    assert unit_in_heading("P1 [kW]") == "kW"
    assert unit_in_heading("Anteil in Prozent") == "%"
    assert unit_in_heading("Ort (Stadtteil)") == ""


def test_words_for_no_value_are_found_and_left_out():
    sample = sample_of("PM10", ["-", "12", "k.A.", "14"])
    words = missing_words([sample])
    assert set(words) == {"-", "k.A."}
    assert without(sample, words).filled == 2
    assert without(sample, words).distinct == 2


def test_na_is_kept_where_it_is_a_country():
    assert missing_words([sample_of("Land", ["NA", "DE", "FR", "PL"])]) == ()


def test_nameless_and_repeated_headings_are_told_apart():
    assert unique_headings(["a", "", "a"], 4) == ("a", "column_2", "a (2)", "column_4")
    assert unique_headings([], 2) == ("c_1", "c_2")
    assert machine_names(["Fläche [m²]", "geometry"]) == ["flaeche_m2", "geometry_"]


def test_dates_that_a_spreadsheet_made_of_codes_are_noticed():
    cells = ["1", "2"] * 50 + ["2/3/2016"] * 5 + ["dunkel"] * 10
    sample = sample_of("Licht", cells)
    columns = recipe_columns(["Licht"], [guess_column(sample, zone="UTC", languages=("de",))], [sample])
    assert [p.code for p in odd(columns, [sample])] == ["reading.date_made_by_spreadsheet"]


def test_a_day_number_among_house_numbers_is_noticed():
    sample = sample_of("Hausnummer", [*map(str, range(1, 60)), "44848"])
    columns = recipe_columns(["Hausnummer"], [guess_column(sample, zone="UTC", languages=("de",))], [sample])
    assert "44848" in str(odd(columns, [sample])[0].what)
