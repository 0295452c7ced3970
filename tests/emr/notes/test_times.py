"""When the patient was seen: typed as the region's clocks showed it, within the patient's life, and never before its time."""

import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from emr.notes.actions.notes import save_note, write_note
from foundation.clock import local, now
from foundation.errors import BadInput
from tests.emr.notes.factories import TYPED, note, typed_note, unsigned_note
from tests.pages import filled, read

TOMORROW = f"{local(now() + timedelta(days=1)):%Y-%m-%dT%H:%M}"
NOT_TO_BE_TAKEN = {
    "0001-01-01T00:00": "Check the year",
    "0011-05-03T14:05": "Check the year",
    "1850-05-03T14:05": "not born yet",
    "1960-05-02T23:59": "not born yet",
    "2099-01-01T10:00": "has not come yet",
    "9999-12-31T23:59": "has not come yet",
    TOMORROW: "has not come yet",
    # Yekaterinburg put its clocks forward at two that night.
    "2011-03-27T02:30": "no such time that day",
    "2026-05-03T14:05\x00": "Give the day and the time",
    "2026-02-30T14:05": "Give the day and the time",
    "nonsense": "Give the day and the time",
}


@pytest.mark.parametrize("typed", NOT_TO_BE_TAKEN)
@pytest.mark.parametrize("changed", [False, True], ids=["a new note", "a draft"])
def test_a_time_that_cannot_be_is_refused_in_words_and_the_text_is_kept(desk, patient, typed, changed):
    if changed:
        entry_id = typed_note(desk, patient)
        page, address = desk.get(f"/emr/entries/{entry_id}/edit"), f"/emr/entries/{entry_id}"
    else:
        page = desk.get(f"/emr/patients/{patient.id}/entries/new", follow_redirects=True)
        address = f"/emr/patients/{patient.id}/entries"

    answer = desk.post(address, data=filled(page, **{**TYPED, "seen_at": typed}))

    assert answer.status_code == 422
    assert NOT_TO_BE_TAKEN[typed] in read(answer)
    assert "Покой" in answer.text


@pytest.mark.parametrize(
    "typed", ["2010-10-31T02:30", "2014-10-26T01:30", "2020-01-01T00:00", "1960-05-03T00:10"]
)
def test_a_time_that_the_clocks_showed_is_shown_as_it_was_typed(desk, patient, typed):
    entry_id = typed_note(desk, patient, seen_at=typed)

    edited = desk.get(f"/emr/entries/{entry_id}/edit")

    assert f'value="{typed}"' in edited.text
    assert typed[-5:] in read(desk.get(f"/emr/entries/{entry_id}"))


def test_the_case_of_others_is_refused_or_shown_as_it_was_typed(desk, patient, right_outcome):
    skipped, shown, year = re.match(
        r"(\S+ \S+) \(skipped.*; (\S+ \S+) shown as written; a visit in the future or in year (\d+) cannot",
        right_outcome("clock-changes-and-future"),
    ).groups()
    page = desk.get(f"/emr/patients/{patient.id}/entries/new", follow_redirects=True)

    def signing(seen_at: str):
        typed = filled(page, **{**TYPED, "seen_at": seen_at.replace(" ", "T"), "next": "sign"})
        return desk.post(f"/emr/patients/{patient.id}/entries", data=typed)

    for refused in (skipped, f"{year}-05-03 14:05", "2099-01-01 10:00"):
        answer = signing(refused)
        assert answer.status_code == 422
        assert NOT_TO_BE_TAKEN[refused.replace(" ", "T")] in read(answer)
    taken = read(desk.get(signing(shown).location))
    assert shown[:4] in taken
    assert shown[-5:] in taken


@pytest.mark.parametrize("seen_at", [datetime(1960, 5, 2, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)])
def test_no_other_way_leads_a_note_out_of_the_patients_life(doctor, patient, as_actor, seen_at):
    entry_id = unsigned_note(as_actor, doctor, patient.id)

    for act in (
        lambda session: write_note(session, patient.id, note=note(seen_at=seen_at)),
        lambda session: save_note(session, entry_id, note=note(seen_at=seen_at), seen_number=1),
    ):
        with pytest.raises(BadInput), as_actor(doctor.actor) as session:
            act(session)


@pytest.mark.parametrize(
    "moment", ["0001-01-01 00:00+00", "1959-12-31 00:00+05", "9999-12-31 23:59+00", "2099-01-01 00:00+05"]
)
def test_the_database_itself_takes_no_version_from_outside_the_patients_life(
    doctor, patient, as_actor, moment
):
    entry_id = unsigned_note(as_actor, doctor, patient.id)

    with pytest.raises(DBAPIError, match="effective"), as_actor(doctor.actor) as session:
        session.execute(text(FURTHER_VERSION), {"entry": entry_id, "moment": moment})


FURTHER_VERSION = """
    INSERT INTO emr.entry_version (entry_id, number, patient_id, content, content_sha256, previous_sha256, author_id,
                                   author_role, facility_id, effective_at, recorded_at, reason)
    SELECT entry_id, 2, patient_id, content, content_sha256, content_sha256, author_id, author_role, facility_id,
           :moment, recorded_at, '' FROM emr.entry_version WHERE entry_id = :entry AND number = 1
"""


@pytest.fixture
def old_draft(doctor, patient, as_actor, as_administrator):
    """A draft from a day when any time was taken; as it was written again when the test is over."""
    written = {}

    def change(entry_id, content: str, effective_at: object) -> None:
        with as_administrator() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(
                text(
                    "UPDATE emr.entry_version SET effective_at = :effective_at, content = CAST(:content AS jsonb) "
                    "WHERE entry_id = :entry AND number = 1"
                ),
                {"entry": entry_id, "effective_at": effective_at, "content": content},
            )

    def made(seen_at: str, moment: str):
        entry_id = unsigned_note(as_actor, doctor, patient.id)
        with as_administrator() as connection:
            content, effective_at = connection.execute(
                text("SELECT content, effective_at FROM emr.entry_version WHERE entry_id = :entry"),
                {"entry": entry_id},
            ).one()
        written[entry_id] = json.dumps(content), effective_at
        change(entry_id, json.dumps({**content, "date": seen_at}), moment)
        return entry_id

    yield made
    for entry_id, before in written.items():
        change(entry_id, *before)


@pytest.mark.parametrize(
    ("seen_at", "moment"),
    [
        ("0001-01-01T00:00:00+04:02:33", "0001-12-31 19:57:27+00 BC"),
        ("9999-12-31T23:59:00+05:00", "9999-12-31 18:59:00+00"),
        ("9999-12-31T23:59:00+00:00", "9999-12-31 23:59:00+00"),
    ],
)
def test_what_was_saved_with_an_impossible_time_opens_and_is_not_signed(
    desk, patient, old_draft, seen_at, moment
):
    entry_id = old_draft(seen_at, moment)

    pages = [
        desk.get(f"/emr/entries/{entry_id}"),
        desk.get(f"/emr/entries/{entry_id}/edit"),
        desk.get(f"/emr/entries/{entry_id}/signature"),
        desk.get(f"/emr/patients/{patient.id}"),
    ]
    answer = desk.post(f"/emr/entries/{entry_id}/signature", data=filled(pages[2]))

    assert [page.status_code for page in pages] == [200] * 4
    assert answer.status_code == 422


def test_the_birth_day_itself_counts(doctor, people, as_actor):
    newborn = people.patient(cared_for_at=doctor.facility_id, birth_date=date(2026, 5, 3))

    with as_actor(doctor.actor) as session:
        assert write_note(session, newborn.id, note=note(seen_at=datetime(2026, 5, 2, 20, 0, tzinfo=UTC)))
