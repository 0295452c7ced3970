"""Labelling every entry anew, where the rules have changed."""

from sqlalchemy import delete, func, insert

from emr.sensitivity.queries import rules_of_today
from emr.sensitivity.tables import Labelling
from foundation.database.transactions import ActorSession


def relabel(session: ActorSession) -> int:
    """Give every entry the labels that today's rules demand. For loaders. Returns how many changed.

    What restricts an entry besides stays. The lines are drawn anew by `emr.summaries.actions.relabel_and_redraw`.
    """
    changed = session.scalar(func.emr.relabel()) or 0
    session.execute(delete(Labelling))
    session.execute(insert(Labelling).values(digest=rules_of_today(session)))
    return int(changed)
