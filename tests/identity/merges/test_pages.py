"""The registrar's pages: the other record is found, compared, joined, and parted again."""

import pytest

from identity.access.actions import begin_care
from identity.access.enumerations import CareBasis
from tests.emr.notes.factories import signed_note
from tests.identity.journeys import ENGLISH
from tests.identity.merges.conftest import REASON
from tests.pages import filled, read


@pytest.fixture
def desk(client_for, registrar):
    return client_for(registrar.actor)


def compared(pair):
    return f"/registry/patients/{pair.survivor.id}/merges/{pair.merged.id}"


def test_the_other_record_is_found_compared_joined_and_parted(desk, pair):
    patient = read(desk.get(f"/registry/patients/{pair.survivor.id}", headers=ENGLISH))
    assert "Join with another record" in patient
    address = f"/registry/patients/{pair.survivor.id}/merges"
    born = {"family_name": "Тестова", "given_name": "Анна", "born_on": "1960-05-03"}
    found = desk.post(address, data=filled(desk.get(address), **born), follow_redirects=True, headers=ENGLISH)
    assert f'href="{compared(pair)}"' in found.text
    assert f'href="{address}/{pair.survivor.id}"' not in found.text

    page = desk.get(compared(pair), headers=ENGLISH)
    joined = desk.post(
        compared(pair),
        data=filled(page, reason=REASON, compared="y", document_kind=""),
        follow_redirects=True,
        headers=ENGLISH,
    )

    assert "The two records are one now" in read(joined)
    assert REASON in read(joined)
    assert "Joined records" in read(desk.get("/registry", headers=ENGLISH))
    assert "Testova" in read(desk.get("/registry/merges", headers=ENGLISH))
    assert "joined on" in read(desk.get(address, headers=ENGLISH))
    undoing = f"{joined.request.path}/undoing"
    parted = desk.post(undoing, data=filled(joined, reason="Twins"), follow_redirects=True, headers=ENGLISH)
    assert "parted again" in read(parted)
    assert "Twins" in read(parted)
    again = desk.post(undoing, data=filled(joined, reason="Twins"), headers=ENGLISH)
    assert again.status_code in (303, 412)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"reason": ""}, "Say why these are one person’s records"),
        ({"compared": ""}, "Compare the two first"),
        ({"document_kind": "passport"}, "Say both which document it is and its number"),
        ({"document_number": "12"}, "Say both which document it is and its number"),
        ({"reason": "x" * 501}, "500 characters at most"),
    ],
)
def test_what_is_not_said_is_asked_for_and_nothing_is_joined(desk, pair, typed, sentence):
    page = desk.get(compared(pair), headers=ENGLISH)
    whole = {"reason": REASON, "compared": "y", "document_kind": "", **typed}

    answer = desk.post(compared(pair), data=filled(page, **whole), headers=ENGLISH)

    assert answer.status_code == 422
    assert sentence in read(answer)
    assert desk.get(f"/registry/patients/{pair.merged.id}").status_code == 200


def test_two_people_with_a_snils_each_are_shown_side_by_side_and_cannot_be_joined(
    desk, pair, people, registrar
):
    other = people.patient(cared_for_at=registrar.facility_id)

    page = read(desk.get(f"/registry/patients/{pair.survivor.id}/merges/{other.id}", headers=ENGLISH))

    assert "these are two people" in page
    assert "Join the two records" not in page


def test_how_much_comes_along_is_told_and_nothing_of_it(desk, pair, people, as_actor, as_loader):
    doctor = people.doctor()
    with as_loader() as session:
        facility_id = doctor.facility_id
        begin_care(session, patient_id=pair.merged.id, facility_id=facility_id, basis=CareBasis.IMPORT)
    signed_note(as_actor, doctor, pair.merged.id, plan="Секретный план")

    page = desk.get(compared(pair), headers=ENGLISH)

    assert "Entries 1" in read(page)
    assert "Секретный план" not in page.text


def test_another_facility_s_registrar_finds_nothing_at_any_of_the_addresses(
    pair, people, client_for, as_actor
):
    merge_id, stranger = pair.join(), client_for(people.registrar().actor)

    for address in (
        f"/registry/merges/{merge_id}",
        f"/registry/patients/{pair.survivor.id}/merges",
        compared(pair),
    ):
        assert stranger.get(address).status_code == 404
