"""How a form that changes something is answered: taken once, or shown again with everything that was typed."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from foundation.actor import Actor
from foundation.database.transactions import ActorSession, transaction
from foundation.errors import BadInput, Refusal, RuleBroken, Stale
from foundation.idempotency import once
from foundation.web.forms import IdempotentForm

Act = Callable[[ActorSession], UUID]


def answer_form(
    form: IdempotentForm,
    *,
    actor: Actor,
    act: Act,
    done: Callable[[UUID], ResponseReturnValue],
    again: Callable[[Refusal | None], str],
) -> ResponseReturnValue:
    """Do what a form asks for, in one transaction, and once however often it is sent.

    Args:
        act: what the form asks for; `done` hears the id that it gives, and the same id where the form was sent before.
        done: the answer once it is done.
        again: the page with this form, told what was refused, if it was not a field of the form.
    """
    if not form.validate():
        return again(None), HTTPStatus.UNPROCESSABLE_ENTITY
    key, body = form.idempotency_key.data or "", {**form.typed, "address": request.path}
    try:
        with transaction(actor) as session:
            made = once(session, key=key, body=body, act=lambda: act(session))
    except (BadInput, RuleBroken, Stale) as refusal:
        form.renew_key()
        return again(refusal), refusal.status
    return done(made)


def redirect_to(endpoint: str, message: str = "", **place: Any) -> ResponseReturnValue:
    """On to another page, which then says this message first."""
    if message:
        flash(message)
    return redirect(url_for(endpoint, **place), HTTPStatus.SEE_OTHER)
