"""Who, of those we know, has come back from the provider. Every question is asked in every case: no clock tells why not."""

from datetime import date
from uuid import UUID

from sqlalchemy import Date, LargeBinary, Text, bindparam, text

from foundation.clock import now, today, zone
from foundation.database.transactions import ActorSession
from foundation.sealing import keyed_digests
from identity.confirmations.queries import confirmed_patients
from identity.delegations.queries import age_limits
from identity.delegations.rules.ages import may_sign_in
from identity.people.enumerations import Birth
from identity.people.rules.assurance import LOWEST_FOR_RECORDS, Assurance
from identity.signing_in.rules import NOBODYS_BIRTH_DATE, identifier_to_match, may_be_matched
from identity.staff.queries import StaffCard, staff_who_signs_in

# Definer functions: whoever signs in may not read the register, only ask this one question. A number that came with a record
# which was joined, and whose account was left behind, opens nothing (docs/decisions/0022-merges.md).
_MATCH = text(
    "SELECT * FROM identity.match_patient(:system, :digest, :born) WHERE NOT identity.signs_nobody_in(:system, :digest)"
).bindparams(
    bindparam("system", type_=Text()),
    bindparam("digest", type_=LargeBinary()),
    bindparam("born", type_=Date()),
)


def matched_patient(
    session: ActorSession, *, system: str, value: str, birth_date: date | None, level: Assurance
) -> UUID | None:
    """The one patient with this identifier and birth date, if the person was proven surely enough and is old enough to open
    a record alone."""
    identifier = identifier_to_match(system, value)
    limits = age_limits(session, on=today())
    born = birth_date or NOBODYS_BIRTH_DATE
    patients = [
        patient_id
        for digest in keyed_digests(identifier)
        for patient_id in session.execute(
            _MATCH, {"system": system, "digest": digest, "born": born}
        ).scalars()
    ]
    sure = may_be_matched(level=level, identifier=identifier)
    old_enough = may_sign_in(Birth(born), limits, at=now(), zone=zone())
    return patients[0] if sure and old_enough and len(patients) == 1 else None


def patient_linked_in_person(
    session: ActorSession, *, issuer: str, subject: str, level: Assurance
) -> UUID | None:
    """The one patient to whom a registrar linked this account, if the person was proven surely enough and is old enough."""
    limits, at = age_limits(session, on=today()), now()
    found = confirmed_patients(session, issuer=issuer, subject=subject)
    old_enough = [each.patient_id for each in found if may_sign_in(each.birth, limits, at=at, zone=zone())]
    return old_enough[0] if level >= LOWEST_FOR_RECORDS and len(found) == len(old_enough) == 1 else None


def matched_staff(
    session: ActorSession, *, system: str, value: str, birth_date: date | None, level: Assurance
) -> StaffCard | None:
    """The member of staff with this identifier and birth date, if the person was proven surely enough."""
    identifier = identifier_to_match(system, value)
    found = staff_who_signs_in(
        session, system=system, value=identifier, birth_date=birth_date or NOBODYS_BIRTH_DATE
    )
    return found if may_be_matched(level=level, identifier=identifier) else None
