"""The region says for ever that its database is a demo's."""

from sqlalchemy import text

from foundation.actor import Actor
from foundation.postgres.demo_refusal import IS_MARKED


def test_the_region_leaves_its_mark_in_the_database(loaded):
    with loaded.reading_as(Actor.anonymous()) as session:
        assert session.scalar(text(IS_MARKED)) is True
