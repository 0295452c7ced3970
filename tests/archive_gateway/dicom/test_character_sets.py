"""Texts of files that do not say how they are written, or say it wrongly."""

import pytest

from archive_gateway.dicom.rules.character_sets import character_set_of

NAME = "Мельников^Денис^Олегович"


@pytest.mark.parametrize("named", ["", "ISO_IR 6", "ISO_IR 100"])
@pytest.mark.parametrize(
    ("codec", "found"),
    [
        ("utf-8", "ISO_IR 192"),
        ("cp1251", "windows-1251"),
        ("iso8859_5", "ISO_IR 144"),
        ("koi8_r", "koi8_r"),
        ("cp866", "cp866"),
    ],
)
def test_russian_names_tell_how_they_are_written(named, codec, found):
    texts = [NAME.encode(codec), b"CHEST", "Снимок кисти 251".encode(codec), "УЗИ".encode(codec)]

    assert character_set_of(texts, named=named) == found


@pytest.mark.parametrize("name", ["Müller^Jörg", "Ångström^Åsa", "Élodie^Zoë", "Nuñez^Íñigo", "ÆØÅ"])
def test_names_in_latin_letters_stay_as_their_file_says(name):
    assert character_set_of([name.encode("latin-1")], named="ISO_IR 100") == "ISO_IR 100"


def test_a_set_that_is_named_and_says_more_is_believed():
    assert character_set_of([NAME.encode("cp1251")], named="ISO_IR 144") == "ISO_IR 144"


def test_what_is_known_of_a_device_counts_where_its_file_says_nothing():
    text = "Б".encode("cp866")

    assert character_set_of([text], named="", otherwise="cp866") == "cp866"
    assert character_set_of([text], named="ISO_IR 100", otherwise="cp866") == "ISO_IR 100"
    assert character_set_of(["Б".encode()], named="", otherwise="cp866") == "ISO_IR 192"
    assert character_set_of([b"CHEST"], named="", otherwise="cp866") == ""
