"""Entering whole studies that nobody knows yet, all objects of each with one statement: for loaders.

Whatever may be known already, or may contradict what is, goes through `store_received`, object by object.
"""

from collections.abc import Sequence

from archive_gateway.ingestion.actions.instances import instance_row, register_series_of, reported_study
from archive_gateway.ingestion.received import ParsedInstance
from archive_gateway.studies.actions.registering import Attribution, register_study
from archive_gateway.studies.tables.instances import Instance
from foundation.database.bulk import add_rows
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id


def load_study(session: ActorSession, objects: Sequence[ParsedInstance], attribution: Attribution) -> None:
    """Enter the objects of one study, whose bytes are in the store. An object that is known already the database refuses.

    Raises:
        ValueError: they are not all of one study.
    """
    if len({each.description.study_instance_uid for each in objects}) != 1:
        raise ValueError("these objects are not of one study")
    reported = reported_study(objects[0].description)
    study = register_study(session, reported, attribution)
    homes = {each.description.series_instance_uid: each.description for each in objects}
    series = {uid: register_series_of(session, study, about) for uid, about in homes.items()}
    rows = [
        {
            "id": new_id(),
            **instance_row(each, study=study, series_id=series[each.description.series_instance_uid]),
        }
        for each in objects
    ]
    add_rows(session, Instance, rows)
