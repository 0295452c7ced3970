"""What was changed behind our back is found, wherever it stands and whatever was changed."""

from uuid import UUID

import pytest
from sqlalchemy import event, text

from emr.content.rules.digests import digest_fault, signed_digest
from emr.fhir_import.actions.bundles import import_bundle
from emr.fhir_import.validation.bundles import read_bundle
from foundation.canonical_json import read_json
from tests.emr.fhir_import.factories import as_bytes, observation, person_with
from tests.emr.notes.factories import twice_written_note
from tests.verifying import broken_versions

AT_ONCE = 20


@pytest.fixture
def amended(people, as_actor):
    """A note with two versions, the first of them signed."""
    return twice_written_note(as_actor, people, signed_again=False)


@pytest.mark.parametrize(
    ("changed", "number", "why"),
    [
        ("UPDATE emr.entry_version SET content = content || '{\"title\": \"x\"}' WHERE number = 2", 2, "content"),
        ("UPDATE emr.entry_version SET previous_sha256 = '' WHERE number = 2", 2, "chain"),
        ("UPDATE emr.signature SET signed_sha256 = '' WHERE number = 1", 1, "signature"),
        ("DELETE FROM emr.entry_version WHERE number = 1", 2, "chain"),
    ],
)  # fmt: skip
def test_what_was_changed_is_named_with_the_reason(above_the_law, amended, changed, number, why):
    above_the_law.execute(text(f"{changed} AND entry_id = :entry"), {"entry": amended})

    _, broken = broken_versions(above_the_law)

    assert broken == [{"entry": str(amended), "number": number, "why": why}]


def test_the_record_is_read_in_portions_and_a_broken_version_in_a_later_one_is_found(
    above_the_law, amended, as_loader
):
    with as_loader() as session:
        value = person_with(*[observation] * 2 * AT_ONCE)
        import_bundle(session, read_bundle(as_bytes(value), source="urn:test"))
    newest = above_the_law.execute(
        text("SELECT entry_id, number FROM emr.entry_version ORDER BY entry_id DESC LIMIT 1")
    ).one()
    above_the_law.execute(
        text("UPDATE emr.entry_version SET content = '{}' WHERE entry_id = :entry"),
        {"entry": newest.entry_id},
    )
    portions = []
    engine = above_the_law.get_bind()
    count = lambda _connection, cursor, *_rest: portions.append(cursor.rowcount)  # noqa: E731
    event.listen(engine, "after_cursor_execute", count)

    checked, broken = broken_versions(above_the_law, at_once=AT_ONCE)

    event.remove(engine, "after_cursor_execute", count)
    assert broken == [{"entry": str(newest.entry_id), "number": newest.number, "why": "content"}]
    assert max(portions) == AT_ONCE
    assert sum(portions) == checked
    assert len(portions) > 2


def test_a_chain_is_followed_from_one_portion_into_the_next(above_the_law, amended):
    above_the_law.execute(text("DELETE FROM emr.entry_version WHERE entry_id <> :entry"), {"entry": amended})

    assert broken_versions(above_the_law, at_once=1) == (2, [])


# Stored by the first release: what was signed with these must be found whole for ever.
KEPT = (
    '{"resourceType":"Observation","status":"final","valueQuantity":{"value":1.10,"unit":"ммоль/л"},'
    '"note":[{"text":"a\\"b\\n\\u0001é"}],"flag":true,"none":null,"low":0.00000120,"big":1E+2,"zero":-0.0,"n":7}'
)
KEPT_SHA256 = "5600f661857300cd91b022d331aee816555ff3a07021fd4865a84ef9b695115f"
KEPT_SIGNED_SHA256 = "922dffbf8a28c55ab117beec860e59a9570310f0dc447a2ddf9390c0fb12d0b2"


def test_a_digest_that_was_stored_before_still_vouches_for_its_content():
    fault = digest_fault(
        read_json(KEPT),
        content_sha256=KEPT_SHA256,
        signed_sha256=KEPT_SIGNED_SHA256,
        expected_sha256=signed_digest(
            entry_id=UUID(int=9), number=2, content_sha256=KEPT_SHA256, previous_sha256="0" * 64
        ),
    )

    assert fault == ""
