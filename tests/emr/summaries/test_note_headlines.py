"""A note is called by who saw the patient, in words that people use."""

import pytest

from demo.specialties import ROLES, SPECIALTIES
from emr.details.queries.entries import entry_to_read
from emr.summaries.rules.note_headlines import note_headline
from foundation.language.bilingual import BilingualText
from foundation.language.latin_letters import PrintedName
from identity.access.enumerations import Deed, Thing
from identity.access.rules.policy import roles_that_may
from identity.roles import Role
from tests.emr.notes.factories import signed_note


@pytest.mark.parametrize(
    ("position", "called"),
    [
        ("Врач-эндокринолог", "Приём эндокринолога"),
        ("Врач-терапевт участковый", "Приём терапевта участкового"),
        ("Врач травматолог-ортопед", "Приём травматолога-ортопеда"),
        ("Врач ультразвуковой диагностики", "Приём врача ультразвуковой диагностики"),
        ("Врач общей практики", "Приём врача общей практики"),
    ],
)
def test_a_note_is_called_by_who_saw_the_patient(position, called):
    assert note_headline(BilingualText("Physician", position)) == ("Physician", called)


@pytest.mark.parametrize("position", ["Медицинская сестра", "Фельдшер скорой помощи 2", "", "Doctor"])
def test_nothing_is_declined_that_cannot_be_declined_surely(position):
    assert "Приём" not in note_headline(BilingualText("Nurse", position)).ru or position.startswith(
        "Фельдшер"
    )


def test_every_specialty_of_the_region_that_writes_notes_can_be_said():
    writing = roles_that_may(Deed.ADD, Thing.ENTRIES)
    doctors = [
        position
        for specialty, position in SPECIALTIES.items()
        if ROLES.get(specialty, Role.DOCTOR) in writing and "рач" in position.ru
    ]

    assert len(doctors) > 10
    assert [each.ru for each in doctors if not note_headline(each)] == []


def test_a_note_tells_its_kind_its_author_and_its_day_once(doctor, desk, patient, as_actor):
    entry_id = signed_note(as_actor, doctor, patient.id)
    with as_actor(doctor.actor) as session:
        entry = entry_to_read(session, entry_id)

    labels = [field.label.en for section in entry.current.sections for field in section.fields]
    page = desk.get(f"/emr/entries/{entry_id}").text.partition("<main")[2]

    assert {"Document", "Written", "Author"} & set(labels) == set()
    assert page.count(PrintedName(entry.author).latin) == 1
