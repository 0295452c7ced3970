"""What somebody who runs SQL of their own as center_web can not make of a citizen's visits."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError


@pytest.mark.parametrize("at", ["now() + interval '1 year'", "timestamptz '2001-01-01 00:00+00'"])
def test_a_visit_is_of_the_time_at_which_it_is_made(as_actor, people, at):
    patient = people.patient()

    with pytest.raises(ProgrammingError, match="row-level security"), as_actor(patient.actor) as session:
        session.execute(
            text(
                "INSERT INTO portal.record_visit (session_id, patient_id, began_at) "
                f"VALUES (gen_random_uuid(), foundation.actor_patient(), {at})"
            )
        )


def test_a_visit_of_now_is_taken(as_actor, people):
    with as_actor(people.patient().actor) as session:
        made = session.execute(
            text(
                "INSERT INTO portal.record_visit (session_id, patient_id, began_at) "
                "VALUES (gen_random_uuid(), foundation.actor_patient(), now())"
            )
        )
        assert made.rowcount == 1
