"""Dates, percents, apostrophes and dashes have one form each in a language, which is said in one place."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

HOUSE = Path(__file__).parent.parent.parent
TEMPLATES = sorted((HOUSE / "templates").rglob("*.html"))
WORDS_IN_TABLES = sorted((HOUSE / "emr" / "terminology" / "rules").glob("glossary.tsv"))
ROOMS = ("identity", "dispatch_backend", "archive_gateway", "emr", "portal", "interop")
# What dates and times are written by anywhere but in foundation/language; %H:%M tells the time of a day.
WRITES_A_DATE = re.compile(r"strftime|:%(?!Y-%m-%d)[dBbYAam]|format_date|format_datetime|babel\.dates")
LONG = r"\| *(day|day_time|told_day|told_time|weekday_day|weekday_time)\b"
SHORT = r"\| *(day_short|told_short|weekday_short)\b"
# A plain apostrophe in a word, a hyphen in the place of a dash, three stops, straight quotation marks, a loose percent.
STRAIGHT = {
    "en": re.compile(r"\w'\w|\s-\s|\.\.\.|(?<![\d-])\d+-\d+(?![\d-])|\d\s+%(?!\()"),
    "ru": re.compile(r"\w'\w|\s-\s|\.\.\.|(?<![\d-])\d+-\d+(?![\d-])|\d ?%(?!\()|\s–\s"),
}


def _sentences() -> Iterator[tuple[str, str]]:
    """Each sentence of ours, with its language."""
    for file in (HOUSE / "translations").glob("*/ru/LC_MESSAGES/messages.po"):
        with file.open("rb") as opened:
            for message in read_po(opened, locale="ru"):
                ids = message.id if isinstance(message.id, list | tuple) else [message.id]
                said = message.string if isinstance(message.string, list | tuple) else [message.string]
                yield from (("en", each) for each in ids if each)
                yield from (("ru", each) for each in said if each and message.id)


def test_sentences_keep_to_one_form_of_each_sign():
    sentences = list(_sentences())

    assert len(sentences) > 1_500
    assert [said for language, said in sentences if STRAIGHT[language].search(said)] == []


@pytest.mark.parametrize(
    ("language", "crooked"),
    [
        ("en", "the doctor's"),
        ("en", "kept - lost"),
        ("en", "5 %"),
        ("ru", "5%"),
        ("ru", "5 %"),
        ("ru", "дом – сад"),
        ("en", "2-3 days"),
    ],
)
def test_another_form_is_found(language, crooked):
    assert STRAIGHT[language].search(crooked)


def test_no_russian_sentence_has_two_stops_after_a_day():
    """A whole day ends in «г.», which ends the sentence too."""
    two = re.compile(r"%\(day\)s\.")

    assert two.search("Закончилось %(day)s.")
    assert [said for language, said in _sentences() if language == "ru" and two.search(said)] == []


def test_a_line_of_a_page_has_one_form_of_dates():
    mixed = [
        f"{file.relative_to(HOUSE)}: {line.strip()}"
        for file in TEMPLATES
        for line in re.split(r"</(?:p|li|td|dd|dt|h\d|summary)>|\n\n", file.read_text())
        if re.search(LONG, line) and re.search(SHORT, line)
    ]

    assert mixed == []


def test_dates_are_written_in_one_place_alone():
    writers = [
        f"{file.relative_to(HOUSE)}: {line.strip()}"
        for room in ROOMS
        for file in (HOUSE / room).rglob("*.py")
        for line in file.read_text().splitlines()
        if WRITES_A_DATE.search(line)
    ]

    assert writers == []


def test_code_joins_nothing_by_a_dash_which_each_language_sets_otherwise():
    joining = [
        f"{file.relative_to(HOUSE)}: {line.strip()}"
        for room in ROOMS
        for file in (HOUSE / room).rglob("*.py")
        for line in file.read_text().splitlines()
        if re.search(r"\s[–—]\s", line)
    ]

    assert joining == []


def test_the_words_of_codes_keep_to_the_signs_too():
    lines = [line for file in WORDS_IN_TABLES for line in file.read_text().splitlines()[1:]]

    assert len(lines) > 100
    assert [line for line in lines if re.search(r"\w'\w", line.partition("\t")[2])] == []
