"""From a proven person to a session of ours: found in the registers first, then welcomed under their own name."""

from dataclasses import dataclass, replace

from foundation.actor import Actor, ActorKind
from foundation.clock import now
from foundation.database.transactions import ActorSession, transaction
from foundation.identifiers import new_id
from foundation.web.current_settings import current_settings
from identity.confirmations.rules import CONFIRMED_IN_PERSON
from identity.contact_points.actions import tell_of_sign_in
from identity.deaths.queries import has_died
from identity.providers.person import AuthenticatedPerson
from identity.providers.refusals import PersonHasDied
from identity.providers.relying_party import CompletedSignIn
from identity.record_requests.rules import ProvenPerson
from identity.roles import Role
from identity.sessions.actions.accounts import account_for
from identity.sessions.actions.sessions import begin_session, end_session, link_patient
from identity.sessions.queries.provider_sessions import ProviderSession
from identity.sessions.queries.sessions import session_limits
from identity.sessions.rules.browsers import Browser
from identity.sessions.rules.endings import REPLACED
from identity.sessions.rules.second_factors import FactorKind, SecondFactor
from identity.signing_in.queries import matched_patient, matched_staff, patient_linked_in_person
from identity.signing_in.rules import MATCHED_BY_IDENTIFIER, one_of
from identity.staff.queries import posts_of


@dataclass(frozen=True, slots=True)
class StartedSession:
    """A session that has begun. No role yet: the member of staff has several posts and is to choose one."""

    token: str
    role: str


def sign_in_citizen(
    provider: str, completed: CompletedSignIn, *, previous: Actor, browser: Browser
) -> StartedSession | None:
    """A citizen's session, or None where this is nobody's record that may be opened.

    Raises:
        PersonHasDied: a registrar has recorded it.
    """
    person = completed.person
    with transaction(Actor.anonymous()) as session:
        matched = matched_patient(
            session,
            system=person.national_id_system,
            value=person.national_id,
            birth_date=person.birth_date,
            level=person.level,
        )
        confirmed = patient_linked_in_person(
            session, issuer=person.issuer, subject=person.subject, level=person.level
        )
        patient_id = one_of(matched, confirmed)
        if patient_id is None:
            return None
        account_id = account_for(session, issuer=person.issuer, subject=person.subject)
    actor = Actor(
        kind=ActorKind.CITIZEN,
        account_id=account_id,
        patient_id=patient_id,
        role=Role.PATIENT.value,
        session_id=new_id(),
    )
    with transaction(actor) as session:
        if has_died(session, patient_id):
            raise PersonHasDied
        basis = MATCHED_BY_IDENTIFIER if matched else CONFIRMED_IN_PERSON
        link_patient(session, basis=basis, level=person.level)
        token = begin_session(session, at_provider=_provider_session(provider, completed), browser=browser)
        _tell_of_sign_in(session)
    end_previous_session(previous)
    return StartedSession(token, actor.role)


def sign_in_staff(
    provider: str, completed: CompletedSignIn, *, previous: Actor, browser: Browser
) -> StartedSession | None:
    """A session at the one post, or without a post where there are several; None for whoever holds none."""
    person = completed.person
    with transaction(Actor.anonymous()) as session:
        member = matched_staff(
            session,
            system=person.national_id_system,
            value=person.national_id,
            birth_date=person.birth_date,
            level=person.level,
        )
        posts = posts_of(session, member.id, at=now()) if member else []
        if member is None or not posts:
            return None
        account_id = account_for(session, issuer=person.issuer, subject=person.subject)
    actor = Actor(kind=ActorKind.STAFF, account_id=account_id, staff_id=member.id, session_id=new_id())
    if len(posts) == 1:
        actor = replace(actor, facility_id=posts[0].facility_id, role=posts[0].role.value)
    with transaction(actor) as session:
        token = begin_session(session, at_provider=_provider_session(provider, completed), browser=browser)
        _tell_of_sign_in(session)
    end_previous_session(previous)
    return StartedSession(token, actor.role)


def proven_person(person: AuthenticatedPerson) -> ProvenPerson:
    """Who somebody is by the provider's word, without what is only of this sign-in."""
    return ProvenPerson(
        issuer=person.issuer,
        subject=person.subject,
        level=person.level.value,
        national_id_system=person.national_id_system,
        national_id=person.national_id,
        birth_date=person.birth_date,
        family_name=person.family_name,
        given_name=person.given_name,
        middle_name=person.middle_name,
    )


def end_previous_session(actor: Actor) -> None:
    """End the session that this browser held before: a new sign-in or post never lives beside the old one."""
    if actor.session_id is not None:
        with transaction(actor) as session:
            end_session(session, actor.session_id, reason=REPLACED)


def _tell_of_sign_in(session: ActorSession) -> None:
    """By e-mail, where this service sends any and its owner wants it."""
    if current_settings().sends_mail:
        tell_of_sign_in(session)


def _provider_session(provider: str, completed: CompletedSignIn) -> ProviderSession:
    person = completed.person
    return ProviderSession(
        provider=provider,
        issuer=person.issuer,
        subject=person.token_subject,
        provider_session=person.provider_session,
        id_token=completed.id_token,
        level=person.level,
        authenticated_at=person.authenticated_at,
        expires_at=now() + session_limits().longest,
        second_factor=_second_factor(person),
    )


def _second_factor(person: AuthenticatedPerson) -> SecondFactor | None:
    """The provider's clock may be a little ahead of ours; what it says is no younger than this moment."""
    if not person.second_factor:
        return None
    return SecondFactor(FactorKind.PROVIDER, min(person.authenticated_at, now()))
