"""How every form on a referral's page is answered: done once, or the page again with what stands against it."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from dispatch_backend.bookings.queries.bookings import referral_of_booking
from dispatch_backend.console.forms import ReferralPageForm
from dispatch_backend.console.routes.referrals import page_of
from foundation.database.transactions import ActorSession, transaction
from foundation.errors import Refusal
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor

Page = Callable[[ReferralPageForm, Refusal | None], str]


def answer_referral_form(
    form: ReferralPageForm, *, act: Callable[[ActorSession], UUID], message: str, page: Page
):
    """Do what the form asks for, say so, and show the referral that it changed.

    Args:
        page: of the referral, shown again after a wrong form or a refusal.
    """
    return answer_form(
        form,
        actor=current_actor(),
        act=act,
        done=lambda referral_id: redirect_to("dispatch.referrals.show", message, referral_id=referral_id),
        again=partial(page, form),
    )


def referral_page(referral_id: UUID) -> Page:
    return partial(page_of, referral_id)


def booked_page(booking_id: UUID) -> Page:
    """The page of the referral that the booking belongs to."""

    def show(form: ReferralPageForm, refusal: Refusal | None) -> str:
        with transaction(current_actor()) as session:
            referral_id = referral_of_booking(session, booking_id)
        return page_of(referral_id, form, refusal)

    return show
