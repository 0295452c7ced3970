"""What somebody who runs SQL of their own as center_web can not make of who has opened which study."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

READ = (
    "INSERT INTO archive.study_reading (session_id, study_id, patient_id, read_at) "
    "VALUES (gen_random_uuid(), gen_random_uuid(), foundation.actor_patient(), {at})"
)


@pytest.mark.parametrize("at", ["now() + interval '1 year'", "timestamptz '2001-01-01 00:00+00'"])
def test_a_reading_is_of_the_time_at_which_it_is_made(as_actor, people, at):
    with pytest.raises(DBAPIError, match="row-level security"), as_actor(people.patient().actor) as session:
        session.execute(text(READ.format(at=at)))


def test_a_reading_of_now_is_held_to_its_study_alone(as_actor, people):
    with pytest.raises(DBAPIError, match="foreign key"), as_actor(people.patient().actor) as session:
        session.execute(text(READ.format(at="now()")))
