"""One word per thing: docs/architecture.md lists them, and no identifier says another."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from dispatch_backend.referrals.enumerations import Act, State
from tests.architecture.house import HOUSE, nodes_of, tree_of

FOLDERS = (
    "foundation",
    "identity",
    "dispatch_backend",
    "archive_gateway",
    "emr",
    "portal",
    "interop",
    "demo",
    "tests",
)
# A referral is revoked, an entry is entered in error or amended; only a booking is cancelled.
ANOTHER_WORD = re.compile(
    r"withdraw|retract|cancell?_?\w*referral|referral_?\w*cancel|(entry|note|version)_?correct|correct(ed|ion)_?(entry|note)",
    re.IGNORECASE,
)
# So that a look at nothing does not pass.
LEAST_LOOKED_AT = 5_000


def _identifiers(tree: ast.Module) -> Iterator[str]:
    for node in nodes_of(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.arg | ast.keyword):
            yield node.arg or ""
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            # The name of a test is a sentence, which may well say what is cancelled and what is not.
            yield "" if node.name.startswith("test_") else node.name
        elif isinstance(node, ast.ImportFrom | ast.Import):
            yield from (alias.asname or alias.name for alias in node.names)


def _strangers(names: Iterable[str]) -> set[str]:
    return {name for name in names if ANOTHER_WORD.search(name)}


def test_no_identifier_says_another_word():
    looked_at, strangers = set(), {}
    for folder in FOLDERS:
        for file in (HOUSE / folder).rglob("*.py"):
            names = set(_identifiers(tree_of(file)))
            looked_at |= names
            if found := _strangers({*names, file.stem}):
                strangers[str(file.relative_to(HOUSE))] = found

    assert strangers == {}
    assert len(looked_at) > LEAST_LOOKED_AT


def test_the_look_finds_every_kind_of_identifier_that_says_another_word():
    planted = """
from rooms import withdrawals
class WithdrawForm: ...
def cancel_referral(session, *, withdrawn): ...
form.withdraw(retracted=1)
corrected_note = 1
"""

    assert _strangers(_identifiers(ast.parse(planted))) == {
        "withdrawals",
        "WithdrawForm",
        "cancel_referral",
        "withdrawn",
        "withdraw",
        "retracted",
        "corrected_note",
    }
    allowed = "def cancel_booking(): ...\ndef revoke_referral(): ...\nis_revoked = corrections = 1"
    assert _strangers(_identifiers(ast.parse(allowed))) == set()


# What patients read has one word each; the other words are those of registers and desks.
ANOTHER_WORD_OF_PATIENTS = {
    "приём": r"визит",
    "больница": r"учрежден",
    "запись врача": r"заключени\w* врача",
    "норма": r"обычн",
}


@pytest.mark.parametrize("word", ANOTHER_WORD_OF_PATIENTS)
def test_patients_read_one_word_per_thing(word):
    catalogue = HOUSE / "translations" / "portal" / "ru" / "LC_MESSAGES" / "messages.po"
    said = [line for line in catalogue.read_text().splitlines() if line.startswith("msgstr")]
    another = re.compile(ANOTHER_WORD_OF_PATIENTS[word], re.IGNORECASE)

    assert len(said) > 100
    assert [line for line in said if another.search(line)] == []
    assert re.search(ANOTHER_WORD_OF_PATIENTS["приём"], "Визит прошёл", re.IGNORECASE)


# Doctors write what patients read: a doctor's note is one thing to both, and a conclusion is what stands in a report.
ANOTHER_WORD_OF_ALL = {"note": r"заключени", "visit": r"визит", "booking": r"заказ", "referral": r"заявк"}


@pytest.mark.parametrize("thing", ANOTHER_WORD_OF_ALL)
def test_doctors_patients_and_dispatchers_read_one_word_per_thing(thing):
    named = re.compile(rf"\b{thing}s?\b", re.IGNORECASE)
    another = re.compile(ANOTHER_WORD_OF_ALL[thing], re.IGNORECASE)
    said = [
        (message.id, each)
        for room in ("portal", "emr", "dispatch", "interface")
        for message in _catalogue(room)
        for each in ([message.string] if isinstance(message.string, str) else message.string)
        if named.search(str(message.id))
    ]

    assert len(said) > 5
    assert [(sentence, russian) for sentence, russian in said if another.search(russian)] == []


def _catalogue(room: str) -> Catalog:
    with (HOUSE / "translations" / room / "ru/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="ru")


def test_a_referral_s_words_are_fhir_s_and_only_a_booking_is_cancelled():
    assert [word for word in (*State, *Act) if "cancel" in word] == [Act.BOOKING_CANCELLED]
    assert {word for word in (*State, *Act) if "revoked" in word} == {State.REVOKED, Act.REVOKED}


# Words of registers, laws and machines that people did not understand, in the rooms whose pages citizens read, and what
# stands in their place.
NOT_UNDERSTOOD = {
    "войдите через": r"идентифи|удостоверени|поставщик|electronic identi|identity provider|identity card",
    "карту открыть не удалось": r"вправе открыть|that we may open",
    "кто подписал": r"кто за это отвечает|who answers for",
    "после подписи текст не меняли": r"в точности тот",
    "вас должны": r"срок по закону|по закону не позднее|by law at the latest",
    "приём прошёл": r"запись врача — в карте",
    "отмечаем всех, кто": r"записывается само|стереть|здесь все, кто",
    "автоматически": r"сам сервис|программа, не человек|the service itself",
    "вам завели карту": r"внесены в реестр",
    "очередь с вашим направлением": r"открыт список, в котором ваше",
    "файл для другой": r"в формате fhir|fhir format",
    "приём врача": r"консультативн|consultation note",
    "норм": r"обычного|above usual|usual range",
    "результат готов": r"окончательн",
    "нет доступа": r"не открыта|not open to you",
    "страница для": r"другой роли|another role",
    "карта не найдена": r"такого пациента нет|no such patient",
    "вернитесь и нажмите": r"эту страницу так|cannot be opened this way",
    "просроче": r"использовано .*срока|of the term used",
    "никто не взял": r"без ответственного|without an owner",
    "ищем только": r"находятся только|only patients whom",
    "введите код": r"это не код мкб|not an icd-10 code",
    "другая больница": r"передала другая система|another system sent",
}
# The demo provider's own pages, and what doctors alone read of a file's faults.
ROOMS_OF_CITIZENS = ("portal", "identity", "interface", "emr", "dispatch", "demo")


@cache
def _sentences_of_people() -> list[str]:
    """All that the catalogues of these rooms say, in both languages, small."""
    catalogues = [HOUSE / "translations" / room / "ru/LC_MESSAGES/messages.po" for room in ROOMS_OF_CITIZENS]
    terms = [HOUSE / "emr/terminology/rules" / name for name in ("loinc.tsv", "glossary.tsv")]
    lines = [line for file in catalogues for line in file.read_text().splitlines() if line.startswith("msg")]
    told = [line.partition("\t")[2] for file in terms for line in file.read_text().splitlines()]
    return [each.casefold() for each in (*lines, *told)]


def test_nobody_reads_words_that_were_not_understood():
    said = _sentences_of_people()

    assert len(said) > 2_000
    assert {
        better: found
        for better, worse in NOT_UNDERSTOOD.items()
        if (found := [each for each in said if re.search(worse, each)])
    } == {}


@pytest.mark.parametrize("better", NOT_UNDERSTOOD)
def test_what_is_said_instead_stands_in_the_catalogues(better):
    assert any(better in each for each in _sentences_of_people())
