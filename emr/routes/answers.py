"""How a form that makes something is answered: taken once, or shown again with everything that was typed."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from foundation.database import ActorSession, transaction
from foundation.errors import BadInput, Refusal, RuleBroken, Stale
from foundation.forms import CreatingForm
from foundation.idempotency import once
from identity.guards import current_actor


def answer_to(
    form: CreatingForm,
    *,
    about: UUID,
    act: Callable[[ActorSession], UUID],
    done: Callable[[UUID], ResponseReturnValue],
    again: Callable[[Refusal | None], str],
) -> ResponseReturnValue:
    """Do what a form asks for, in one transaction, and once however often it is sent.

    Args:
        about: whom or what the form's address names.
        act: what the form asks for; gives the same id again where the form was sent before.
        done: the answer once it is done.
        again: the page of the form, told what was refused, if it was not a field of the form.
    """
    if not form.validate():
        return again(None), HTTPStatus.UNPROCESSABLE_ENTITY
    key = form.idempotency_key.data or ""
    try:
        with transaction(current_actor()) as session:
            made = once(session, key=key, body={**form.typed, "about": about}, act=lambda: act(session))
    except (BadInput, RuleBroken, Stale) as refusal:
        return again(refusal), refusal.status
    return done(made)


def onward(endpoint: str, words: str = "", **place: Any) -> ResponseReturnValue:
    """On to another page, which then says these words first."""
    if words:
        flash(words)
    return redirect(url_for(endpoint, **place), HTTPStatus.SEE_OTHER)
