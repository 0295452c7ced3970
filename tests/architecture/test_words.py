"""One word per thing: docs/architecture.md lists them, and no identifier says another."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatch_backend.referrals.enumerations import Act, State

HOUSE = Path(__file__).parent.parent.parent
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


def _identifiers(code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
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


def _strangers(code: str) -> set[str]:
    return {name for name in _identifiers(code) if ANOTHER_WORD.search(name)}


def test_no_identifier_says_another_word():
    looked_at, strangers = set(), {}
    for folder in FOLDERS:
        for file in (HOUSE / folder).rglob("*.py"):
            code = file.read_text()
            looked_at |= set(_identifiers(code))
            found = _strangers(code) | {name for name in {file.stem} if ANOTHER_WORD.search(name)}
            if found:
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

    assert _strangers(planted) == {
        "withdrawals",
        "WithdrawForm",
        "cancel_referral",
        "withdrawn",
        "withdraw",
        "retracted",
        "corrected_note",
    }
    assert (
        _strangers("def cancel_booking(): ...\ndef revoke_referral(): ...\nis_revoked = corrections = 1")
        == set()
    )


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


def test_a_referral_s_words_are_fhir_s_and_only_a_booking_is_cancelled():
    assert [word for word in (*State, *Act) if "cancel" in word] == [Act.BOOKING_CANCELLED]
    assert {word for word in (*State, *Act) if "revoked" in word} == {State.REVOKED, Act.REVOKED}
