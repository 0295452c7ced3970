"""Who treats a person of two records in person keeps their place when these are joined and parted, as long as other care does."""

import pytest

from emr.teams.actions import take_into_team
from identity.access.enumerations import CareBasis
from tests.emr.notes.factories import signed_note
from tests.emr.sensitivity.test_labels import treats
from tests.emr.teams.test_teams import SAD, sees


@pytest.fixture
def treated(pair, people, as_actor):
    """A labelled note in the record that is joined into the other, and a colleague in its team."""
    author, colleague = (people.doctor(facility_id=pair.registrar.facility_id) for _ in range(2))
    entry_id = signed_note(as_actor, author, pair.merged.id, **SAD)
    with as_actor(author.actor) as session:
        take_into_team(session, pair.merged.id, colleague.id)
    return colleague, entry_id


@pytest.mark.parametrize("of_both", [False, True])
def test_joined_and_parted_a_place_stands(pair, treated, as_actor, as_loader, of_both):
    colleague, entry_id = treated
    if of_both:
        treats(as_loader, pair.survivor, colleague, CareBasis.TEAM, ends_at="infinity")

    merge_id = pair.join()
    joined = sees(as_actor, colleague, entry_id)
    pair.part(merge_id)

    assert (joined, sees(as_actor, colleague, entry_id)) == (True, True)
