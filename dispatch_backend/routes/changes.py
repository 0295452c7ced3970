"""How every form on a referral's page is answered: done once, or the page again with what stands against it."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, request, url_for

from dispatch_backend.queries import referral_of_booking
from dispatch_backend.routes.referrals import page_of
from foundation.database import ActorSession, transaction
from foundation.errors import RuleBroken, Stale
from foundation.forms import CreatingForm
from foundation.idempotency import once
from identity.guards import current_actor

Page = Callable[..., tuple[str, int]]


def changed(form: CreatingForm, *, act: Callable[[ActorSession], UUID], said: str, page: Page, to: str = ""):
    """Do what the form asks for, say so, and go on.

    Args:
        act: gives the referral that it changed.
        page: of that referral, shown again after a wrong form or a refusal.
        to: where to go on; without it, to the referral.
    """
    if not form.validate():
        return page(form=form)
    try:
        with transaction(current_actor()) as session:
            referral_id = once(
                session,
                key=form.idempotency_key.data or "",
                body={"address": request.path, **form.typed},
                act=lambda: act(session),
            )
    except (RuleBroken, Stale) as refusal:
        return page(refusal=refusal)
    flash(said)
    return redirect(to or url_for("dispatch.referrals.show", referral_id=referral_id), HTTPStatus.SEE_OTHER)


def referral_page(referral_id: UUID) -> Page:
    return partial(page_of, referral_id)


def booked_page(booking_id: UUID) -> Page:
    """The page of the referral that the booking belongs to."""

    def show(**why):
        with transaction(current_actor()) as session:
            referral_id = referral_of_booking(session, booking_id)
        return page_of(referral_id, **why)

    return show
