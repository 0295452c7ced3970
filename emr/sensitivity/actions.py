"""Labelling every entry anew, where the rules have changed."""

from sqlalchemy import delete, func, insert

from emr.sensitivity.queries import labelled_by, rules_of_today
from emr.sensitivity.tables import Labelling
from foundation.database.transactions import ActorSession


def relabel(session: ActorSession) -> int:
    """Give every entry the labels that today's rules demand. For loaders. Returns how many changed.

    What restricts an entry besides stays.
    """
    changed = session.scalar(func.emr.relabel()) or 0
    session.execute(delete(Labelling))
    session.execute(insert(Labelling).values(digest=rules_of_today(session)))
    return int(changed)


def relabel_outdated(session: ActorSession) -> str:
    """The same where other rules than today's labelled them. Returns what was done, "" where nothing was."""
    if labelled_by(session) == rules_of_today(session):
        return ""
    return f"Entries whose labels changed: {relabel(session)}."
