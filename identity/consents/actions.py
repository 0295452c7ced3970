"""Consenting to something, and taking it back."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from foundation import audit
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id
from identity.consents.enumerations import ConsentState, Decision, Purpose
from identity.consents.queries import OwnConsents, own_consents
from identity.consents.rules import TEXT_VERSIONS, require_text
from identity.consents.tables import Consent
from identity.delegations.queries import decides_until_now

STANDS = {Decision.PERMIT: ConsentState.GIVEN, Decision.DENY: ConsentState.DENIED}


def open_consents(session: ActorSession) -> OwnConsents:
    """What the reader is asked, and every answer."""
    audit.record(session, act="consents.opened", patient_id=session.actor.patient_id)
    return own_consents(session)


def decide_consent(session: ActorSession, purpose: Purpose, *, decision: Decision, seen_version: int) -> UUID:
    """Answer for the reader, or for whom they act. The answer that stands already is not written again.

    Raises:
        Stale: the text has changed meanwhile.
        RuleBroken: whoever acts for somebody may not answer this in their place.
    """
    require_text(seen_version, version=TEXT_VERSIONS[purpose])
    until = decides_until_now(session)
    known = own_consents(session)
    newest = known.newest(purpose)
    if newest is not None and known.states[purpose] is STANDS[decision]:
        return newest.id
    consent_id = new_id()
    session.connection().execute(
        insert(Consent).inline(),
        {
            "id": consent_id,
            "patient_id": session.actor.patient_id,
            "purpose": purpose,
            "decision": decision,
            "text_version": seen_version,
            "delegation_id": session.actor.delegation_id,
            "stands_until": until,
        },
    )
    audit.record(
        session,
        act="consent.given" if decision is Decision.PERMIT else "consent.denied",
        patient_id=session.actor.patient_id,
        object_kind="consent",
        object_id=consent_id,
    )
    return consent_id
