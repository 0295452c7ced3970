"""Opening a patient's treating team, taking somebody into it, and ending that."""

from uuid import UUID

from sqlalchemy import Text, func

from emr.teams.queries import OwnTeam, Team, own_team, team_to_change
from foundation import audit
from foundation.database.transactions import ActorSession
from foundation.errors import RuleBroken
from foundation.identifiers import new_id


def open_team(session: ActorSession, patient_id: UUID) -> Team:
    """The team, as far as the reader is told of it. Raises NotFound where the reader may not know the patient."""
    team = team_to_change(session, patient_id)
    audit.record(
        session, act="team.shown", patient_id=patient_id, object_kind="patient", object_id=patient_id
    )
    return team


def open_own_team(session: ActorSession) -> OwnTeam:
    """Who treats the reader in person."""
    audit.record(session, act="team.shown", patient_id=session.actor.patient_id)
    return own_team(session)


def take_into_team(session: ActorSession, patient_id: UUID, member_id: UUID) -> UUID:
    """Let a colleague treat the patient in person; who is in the team already stays in it. Returns the patient.

    Raises:
        NotFound: the patient is not one whom the actor may know.
        RuleBroken: the actor may not change the team, or it is the actor, or nobody who treats at the actor's facility.
    """
    return _settle(session, patient_id, member_id, begins=True)


def end_in_team(session: ActorSession, patient_id: UUID, member_id: UUID) -> UUID:
    """Let somebody treat the patient no more, for whoever is in the team. Raises like `take_into_team`."""
    return _settle(session, patient_id, member_id, begins=False)


def _settle(session: ActorSession, patient_id: UUID, member_id: UUID, *, begins: bool) -> UUID:
    team = team_to_change(session, patient_id)
    if not team.changeable:
        raise RuleBroken("The team is changed by whoever is in it, or wrote an entry with a label.")
    if not begins and not team.endable:
        raise RuleBroken("A place in the team is ended by its members alone.")
    known = team.colleagues if begins else [each.card for each in team.members]
    member = next((each for each in known if each.id == member_id), None)
    if member is None:
        raise RuleBroken("Choose somebody from the list.")
    asked = func.identity.settle_team(patient_id, member_id, begins, new_id(), type_=Text())
    if change := session.scalar(asked):
        audit.record(
            session,
            act=f"team.{change}",
            patient_id=patient_id,
            object_kind="staff",
            object_id=member_id,
            reason=f"{member.full_name}, {member.position.ru}",
        )
    elif begins and all(each.card.id != member_id for each in team_to_change(session, patient_id).members):
        raise RuleBroken("Nobody can be taken into this team now.")
    return patient_id
