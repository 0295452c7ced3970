"""The worker sends the letters that the outbox brings, one by one; what cannot be sent now is tried again, and what never can is told.

A letter may come twice (the server took it, and we did not hear so): it bears the same number both times.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag

from foundation import logs
from foundation.clock import now
from foundation.database.transactions import ActorSession
from foundation.mail import AddressRefused, Letter, mail_server_of, send
from foundation.sealing import unseal
from foundation.settings import Settings
from identity.contact_points.actions import note_refused_address
from identity.contact_points.letters import ToldSignIn, confirmation_letter, sign_in_letter
from identity.contact_points.queries import confirmation_to_send, sign_in_to_tell
from identity.contact_points.rules.addresses import email_on_the_wire
from identity.contact_points.tables import LINK_SEALED_AS
from identity.providers.registry import Providers

# What happened longer ago helps nobody by the time a mail server is back.
NEWS_FOR = timedelta(hours=24)


def send_confirmation(session: ActorSession, payload: Mapping[str, Any], settings: Settings) -> None:
    """Send the link to the address that it confirms. Raises OSError, SMTPException: not now."""
    link_id = UUID(payload["link_id"])
    found = confirmation_to_send(session, link_id)
    if found is None or not found.email:
        return
    try:
        token = unseal(bytes.fromhex(payload["sealed"]), LINK_SEALED_AS)
    except InvalidTag:
        # Sealed under a key that is gone; its owner asks for another link.
        return
    letter = confirmation_letter(
        email_on_the_wire(found.email),
        number=str(link_id),
        at=found.made_at,
        language=found.language,
        link=f"{settings.public_url}/contact/{token}",
    )
    _deliver(session, letter, found.contact_point_id, settings)


def send_sign_in(
    session: ActorSession, payload: Mapping[str, Any], settings: Settings, providers: Providers
) -> None:
    """Tell somebody of their sign-in. Raises OSError, SMTPException: not now."""
    session_id = UUID(payload["session_id"])
    found = sign_in_to_tell(session, session_id, since=now() - NEWS_FOR)
    if found is None or not found.email:
        return
    party = providers.by_name.get(found.provider)
    side = f"{settings.public_url}/{'staff' if found.staff else 'my'}"
    letter = sign_in_letter(
        email_on_the_wire(found.email),
        number=str(session_id),
        told=ToldSignIn(found.at, party.profile.title if party else "", found.browser),
        language=found.language,
        devices=f"{side}/devices",
        choices=f"{side}/contact",
    )
    _deliver(session, letter, found.contact_point_id, settings)


def _deliver(session: ActorSession, letter: Letter, contact_point_id: UUID, settings: Settings) -> None:
    server = mail_server_of(settings)
    if server is None:
        # It was promised when the settings named a server; the pages say by now that none is sent.
        logs.event("mail.off")
        return
    try:
        send(server, letter)
    except AddressRefused:
        logs.event("mail.refused", object=contact_point_id)
        note_refused_address(session, contact_point_id)
