"""The person a provider has proven, read from its claims as the profile says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from identity.people.rules.assurance import Assurance
from identity.providers.birth_dates import read_birth_date
from identity.providers.profile import ProviderProfile, SecondFactorWords
from identity.providers.refusals import SignInRefused
from identity.providers.verifier import LONGEST_NAME, is_identifier, timestamp_of_claim


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticatedPerson:
    """Who came back. What the provider did not tell is empty; nothing here says that the person is known to us.

    Attributes:
        subject: by which we know them, which a profile may find in another claim than `sub`.
        token_subject: `sub`, by which the provider ends their visit.
        second_factor: whether the provider says that a second factor was given, and when (`auth_time`).
    """

    issuer: str
    subject: str
    token_subject: str
    provider_session: str
    level: Assurance
    authenticated_at: datetime
    national_id_system: str
    national_id: str
    birth_date: date | None
    family_name: str
    given_name: str
    middle_name: str
    second_factor: bool = False


def authenticated_person(
    profile: ProviderProfile, *, token: Mapping[str, object], userinfo: Mapping[str, object]
) -> AuthenticatedPerson:
    """The person of a verified token; what the token says itself goes before what userinfo says.

    Raises:
        SignInRefused: the token does not say by which subject this provider knows the person.
    """
    told = {**userinfo, **token}
    claims = profile.claims
    acr, sid = token.get("acr"), token.get("sid")
    subject = _text(token, claims.subject)
    if not subject:
        # Everybody without one would share an account.
        raise SignInRefused("claims.subject")
    return AuthenticatedPerson(
        issuer=profile.issuer,
        subject=subject,
        token_subject=str(token["sub"]),
        provider_session=str(sid) if is_identifier(sid) else "",
        level=profile.level_of(acr if isinstance(acr, str) else None),
        authenticated_at=timestamp_of_claim(token, "auth_time" if "auth_time" in token else "iat"),
        national_id_system=claims.national_id_system,
        national_id=_text(told, claims.national_id).removeprefix(claims.national_id_strip),
        birth_date=read_birth_date(_text(told, claims.birthdate), claims.birthdate_format),
        family_name=_text(told, claims.family),
        given_name=_text(told, claims.given),
        middle_name=_text(told, claims.middle),
        second_factor=_second_factor(profile.second_factor, token),
    )


def _second_factor(words: SecondFactorWords, token: Mapping[str, object]) -> bool:
    """Only the signed token tells; of what it does not say when, it is not known how old it is."""
    acr, amr = token.get("acr"), token.get("amr")
    methods = [each for each in amr if isinstance(each, str)] if isinstance(amr, list) else []
    given = (isinstance(acr, str) and acr in words.acr) or any(each in words.amr for each in methods)
    return given and "auth_time" in token


def _text(claims: Mapping[str, object], pointer: str) -> str:
    """What a JSON pointer (RFC 6901) leads to, if that is a short text."""
    value: object = claims
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) and len(value) <= LONGEST_NAME and value.isprintable() else ""
