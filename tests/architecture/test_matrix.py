"""Who is answered how at every address, about their own, a foreign and an absent object, as it was reviewed.

`WRITE_MATRIX=1 make test FILE=tests/architecture/test_matrix.py` writes the file anew: read the difference before it is kept.
"""

import os

import pytest

from emr.entries.enumerations import SHOWN_KINDS
from foundation.actor import Actor, ActorKind
from foundation.identifiers import new_id
from identity.roles import STAFF_ROLES
from tests.architecture.probing import REVIEWED, Visitor, differences, matrix_of
from tests.identity.shares.sharing import Given, Sharing
from tests.people import People

pytestmark = [pytest.mark.usefixtures("unhurried"), pytest.mark.timeout(900)]

# What every build asks, in both walls and in each alone.
LEAST_PROBES = 5_000


@pytest.fixture
def visitors(people: People, app, client_for, desk, victim) -> list[Visitor]:
    """Everybody in two places: where the victim is cared for, and elsewhere; a citizen is the victim, or another."""
    clinic = desk.doctor.facility_id
    sharing, elsewhere = Sharing(app, client_for), people.patient().actor
    victim_self = Actor(ActorKind.CITIZEN, account_id=new_id(), patient_id=victim.patient_id, role="patient")
    staff = [
        Visitor(
            role.value,
            client_for(people.staff(role, facility_id=clinic).actor),
            client_for(people.staff(role, facility_id=people.facility()).actor),
        )
        for role in STAFF_ROLES
    ]
    return [
        Visitor("nobody", None, app.test_client()),
        Visitor("patient", client_for(victim_self), client_for(people.patient().actor)),
        # Near by the victim's link to entries, far by another citizen's.
        Visitor(
            "share", sharing.looking(_link(sharing, victim_self)), sharing.looking(_link(sharing, elsewhere))
        ),
        *staff,
    ]


def _link(sharing: Sharing, whose: Actor) -> Given:
    kinds = [each.value for each in SHOWN_KINDS]
    return sharing.given(sharing.signed_in(whose), kinds=kinds, most_openings="1")


def test_every_address_answers_everybody_as_it_was_reviewed(addresses, visitors, victim, walled):
    walled()

    found = matrix_of(addresses, visitors, victim)

    if os.environ.get("WRITE_MATRIX"):
        REVIEWED.write_text("\n".join(found.lines) + "\n")
    assert found.asked >= LEAST_PROBES
    assert found.told_apart == []
    assert list(differences(found.lines, REVIEWED.read_text().splitlines())) == []


@pytest.mark.parametrize(
    ("lines", "differing"),
    [
        (["GET /a: 200/404/404 doctor"], 0),
        (["GET /a: 200/200/404 doctor"], 1),
        (["GET /a: 200/404/404 doctor", "GET /new: 200/-/- doctor"], 1),
        ([], 1),
    ],
)
def test_another_answer_a_new_address_and_one_that_is_gone_are_found(lines, differing):
    assert len(list(differences(lines, ["GET /a: 200/404/404 doctor"]))) == differing
