"""The command of changing the service's secret: rotate-secret-key."""

import json
import sys
from collections import Counter
from collections.abc import Callable
from uuid import UUID

import click

from foundation.commands.running import (
    SOME_REFUSED,
    Transactions,
    loader_transactions,
    progress,
    stop,
    with_readable_errors,
)
from foundation.database.transactions import ActorSession
from foundation.postgres.connections import derives_passwords
from foundation.postgres.roles import derived_passwords, prepare_roles
from foundation.web.current_settings import current_settings
from identity.resealing.actions import (
    Portion,
    reseal_contact_points,
    reseal_delegation_offers,
    reseal_guardianships,
    reseal_patient_identifiers,
    reseal_record_requests,
    reseal_staff,
)
from identity.resealing.queries import staff_only_digested


@click.command("rotate-secret-key")
@with_readable_errors
def rotate_secret_key() -> None:
    """Seal and digest under SECRET_KEY what still needs FURTHER_SECRET_KEY, while everything runs. Run it again after a fault."""
    chosen = current_settings()
    if not chosen.further_secret_key:
        stop(
            "FURTHER_SECRET_KEY is not set: give the key of before there, so that what it sealed can be opened."
        )
    if derives_passwords(chosen):
        prepare_roles(chosen.database_url, derived_passwords(chosen.secret_key))
    with loader_transactions() as transactions:
        told = {
            "patient_identifiers": _resealed(transactions, reseal_patient_identifiers),
            "staff_members": _resealed(transactions, reseal_staff),
            "record_requests": _resealed(transactions, reseal_record_requests),
            "delegation_offers": _resealed(transactions, reseal_delegation_offers),
            "guardianships": _resealed(transactions, reseal_guardianships),
            "contact_points": _resealed(transactions, reseal_contact_points),
        }
        with transactions() as session:
            told["staff_members"]["only_digested"] = staff_only_digested(session)
    click.echo(json.dumps(told))
    if any(each["unopened"] or each.get("only_digested") for each in told.values()):
        sys.exit(SOME_REFUSED)


def _resealed(
    transactions: Transactions, reseal: Callable[[ActorSession, UUID | None], Portion]
) -> dict[str, int]:
    count: Counter[str] = Counter(resealed=0, unopened=0)
    after = None
    with progress("Sealed anew:") as on_progress:
        while True:
            with transactions() as session:
                portion = reseal(session, after)
            if portion.last is None:
                return dict(count)
            after = portion.last
            count.update(resealed=portion.resealed, unopened=portion.unopened)
            on_progress(count["resealed"])
