"""What somebody who runs SQL of their own as center_web can not make of the copies that left."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

TAKE = (
    "INSERT INTO interop.export (id, patient_id, account_id, made_at, content_sha256, resource_count) "
    "VALUES (gen_random_uuid(), foundation.actor_patient(), {account}, {at}, 'x', 1) "
)
OWN = "foundation.actor_account()"


@pytest.mark.parametrize(
    ("account", "at", "why"),
    [
        (OWN, "timestamptz '2001-01-01 00:00+00'", "time"),
        (OWN, "now() + interval '1 day'", "time"),
        ("gen_random_uuid()", "now()", "row-level security"),
    ],
)
def test_a_copy_is_of_now_and_of_who_took_it(as_actor, people, account, at, why):
    with pytest.raises(DBAPIError, match=why), as_actor(people.patient().actor) as session:
        session.execute(text(TAKE.format(account=account, at=at)))


def test_a_copy_of_now_is_taken(as_actor, people):
    with as_actor(people.patient().actor) as session:
        assert session.execute(text(TAKE.format(account=OWN, at="now()"))).rowcount == 1
