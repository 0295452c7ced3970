"""The two ceremonies of WebAuthn Level 3 (section 7), by the library `webauthn`: what a browser is asked, and whether its
answer holds. Neither the database nor the clock is asked anything here.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import webauthn
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from identity.second_factors.rules.sites import Site

CHALLENGE_BYTES = 32
# So long the browser waits for its owner. Milliseconds.
ASKED_FOR_MS = 120_000
# The longest that a standard authenticator makes (section 4, credential ID).
LONGEST_CREDENTIAL_ID = 1023
# What the library raises of its own, and what becomes of bytes that are no answer at all.
FAULTS = (
    WebAuthnException,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
TRANSPORTS = frozenset(each.value for each in AuthenticatorTransport)


class CeremonyFailed(Exception):
    """The answer does not hold; `reason` is the library's, for whoever looks into it. No patient data and no secret."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Credential:
    """A passkey as the ceremonies know it.

    Attributes:
        public_key: a COSE_Key (RFC 9052).
        sign_count: of the last signature, 0 where the device does not count.
        transports: how the browser reaches the device, as it said.
    """

    id: bytes
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...] = ()


def new_challenge() -> bytes:
    return secrets.token_bytes(CHALLENGE_BYTES)


def registration_options(
    site: Site, *, user_id: bytes, user_name: str, challenge: bytes, known: Sequence[Credential]
) -> str:
    """What a browser is asked to make a passkey of, as JSON (PublicKeyCredentialCreationOptionsJSON).

    The device must verify its owner; who made the device is not asked.

    Args:
        user_id: nothing that tells who it is to whoever finds the device.
        known: of this person already, so that no device makes a second one.
    """
    options = webauthn.generate_registration_options(
        rp_id=site.domain,
        rp_name=site.domain,
        user_name=user_name,
        user_id=user_id,
        user_display_name=user_name,
        challenge=challenge,
        timeout=ASKED_FOR_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_described(known),
    )
    return webauthn.options_to_json(options)


def new_credential(site: Site, answer: str, *, challenge: bytes) -> Credential:
    """The passkey that a browser has made (section 7.1). Raises CeremonyFailed."""
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            require_user_verification=True,
        )
        transports = _transports_told(answer)
    except FAULTS as fault:
        raise CeremonyFailed(type(fault).__name__) from fault
    if len(made.credential_id) > LONGEST_CREDENTIAL_ID:
        raise CeremonyFailed("credential")
    return Credential(made.credential_id, made.credential_public_key, made.sign_count, transports)


def authentication_options(site: Site, *, challenge: bytes, known: Sequence[Credential]) -> str:
    """What a browser is asked to sign with one of these, as JSON (PublicKeyCredentialRequestOptionsJSON)."""
    options = webauthn.generate_authentication_options(
        rp_id=site.domain,
        challenge=challenge,
        timeout=ASKED_FOR_MS,
        allow_credentials=_described(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def credential_named(answer: str) -> bytes:
    """Which passkey an answer says that it is of; nothing is verified yet. Raises CeremonyFailed: it does not say."""
    try:
        return base64url_to_bytes(json.loads(answer)["rawId"])
    except FAULTS as fault:
        raise CeremonyFailed(type(fault).__name__) from fault


def new_sign_count(site: Site, answer: str, *, challenge: bytes, credential: Credential) -> int:
    """How often the passkey has signed by now, where the answer is signed by it (section 7.2).

    Raises:
        CeremonyFailed: another origin, domain, challenge or key; its owner was not verified; or a count that does not grow,
            as when somebody has copied it.
    """
    try:
        verified = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            credential_public_key=credential.public_key,
            credential_current_sign_count=credential.sign_count,
            require_user_verification=True,
        )
    except FAULTS as fault:
        raise CeremonyFailed(type(fault).__name__) from fault
    return verified.new_sign_count


def _described(known: Sequence[Credential]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=each.id, transports=[AuthenticatorTransport(word) for word in each.transports] or None
        )
        for each in known
    ]


def _transports_told(answer: str) -> tuple[str, ...]:
    """Only words that the standard knows: the browser may send any."""
    told = json.loads(answer)["response"].get("transports") or ()
    return tuple(sorted({each for each in told if isinstance(each, str)} & TRANSPORTS))
