"""Signing in ends: the browser is back from the provider, and is somebody we know, or not."""

from http import HTTPStatus

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from foundation import logs
from foundation.actor import Actor
from foundation.clock import now
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from identity.authorization import current_actor, public
from identity.facilities.queries import all_facilities
from identity.people.rules.assurance import LOWEST_FOR_RECORDS
from identity.providers.refusals import ProviderDown, SignInFailed, SignInRefused, TooWeakForRecords
from identity.providers.relying_party import CompletedSignIn, RelyingParty
from identity.record_requests.forms import CODE_PREFIX, REFUSAL_WORDS, AskForRecordForm, EnterCodeForm
from identity.record_requests.queries import answer_to_newest
from identity.record_requests.tickets import sealed_for_page
from identity.sessions.rules.browsers import browser_named
from identity.signing_in.actions.sign_ins import PendingSignIn, consume_sign_in
from identity.signing_in.routes.login_completion import proven_person, sign_in_citizen, sign_in_staff
from identity.signing_in.routes.rate_limits import FAILURES, client_address
from identity.signing_in.routes.sign_in_sides import SignInSide, current_side, page_after_sign_in, providers

blueprint = Blueprint("callbacks", __name__)
staff_blueprint = Blueprint("staff_callbacks", __name__, url_prefix="/staff")


@blueprint.get("/sign-in/<provider>/callback")
@staff_blueprint.get("/sign-in/<provider>/callback")
@public
def show(provider: str):
    side = current_side()
    party = providers().named(provider, side.audience)
    FAILURES.check(client_address())
    pending = _consumed(side, provider)
    if pending is None and current_actor().session_id is not None:
        # Back, a reload or a restored tab after the sign-in has succeeded: it leads on, and changes nothing.
        return redirect(_page_after(current_actor().role, ""), HTTPStatus.SEE_OTHER)
    try:
        completed = _complete(side, party, pending)
        started = (sign_in_staff if side.staff else sign_in_citizen)(
            provider,
            completed,
            previous=current_actor(),
            browser=browser_named(request.user_agent.string),
        )
    except (SignInFailed, ProviderDown) as fault:
        if side.attempting_browser():
            # Only what a browser began here: pictures on a foreign page must not use up what a clinic may fail.
            FAILURES.record(client_address())
        logs.event("sign_in.refused", provider=provider, fault=fault.reason)
        return _refused(side, fault)
    if started is None:
        logs.event("sign_in.unknown", provider=provider)
        return _unknown(side, completed)
    asked_for = pending.page_asked_for if pending else ""
    answer = redirect(_page_after(started.role, asked_for), HTTPStatus.SEE_OTHER)
    side.set_session(answer, started.token)
    side.forget_attempt(answer)
    return answer


def _consumed(side: SignInSide, provider: str) -> PendingSignIn | None:
    """The sign-in that this browser began, which is taken once; None where it began none, or it was taken before."""
    browser = side.attempting_browser()
    if not browser:
        return None
    with transaction(Actor.anonymous()) as session:
        return consume_sign_in(session, provider=provider, browser=browser, state=request.args["state"])


def _complete(side: SignInSide, party: RelyingParty, pending: PendingSignIn | None) -> CompletedSignIn:
    """Ask the provider: never inside a transaction."""
    if pending is None:
        raise SignInRefused("callback.state")
    completed = party.complete_sign_in(
        request.args.to_dict(flat=False),
        nonce=pending.nonce,
        code_verifier=pending.code_verifier,
        redirect_uri=side.public_address("callbacks", "show", provider=party.profile.name),
        at=now(),
    )
    if completed.person.level < LOWEST_FOR_RECORDS:
        # Before anybody is looked for: it tells of the provider's proof alone.
        raise TooWeakForRecords("level")
    return completed


def _page_after(role: str, asked_for: str) -> str:
    """Their page, or for whoever has several posts and no role yet the choice among them."""
    return (
        page_after_sign_in(role, asked_for)
        if role
        else url_for("identity.posts.new", asked_for=asked_for or None)
    )


def _refused(side: SignInSide, fault: Refusal) -> Response:
    answer = make_response(_page("refused", side, fault=fault), fault.status)
    side.forget_attempt(answer)
    return answer


def _unknown(side: SignInSide, completed: CompletedSignIn) -> Response:
    """One page for every reason why nobody was found: it must not tell which."""
    told = {"form": None} if side.staff else _ways_to_the_record(completed)
    answer = make_response(_page("unknown", side, **told), HTTPStatus.FORBIDDEN)
    side.forget_attempt(answer)
    return answer


def _ways_to_the_record(completed: CompletedSignIn) -> dict[str, object]:
    """The page itself holds who was proven: nothing is stored of whoever does not ask."""
    person = completed.person
    with transaction(Actor.anonymous()) as session:
        facilities = all_facilities(session)
        answer = answer_to_newest(session, issuer=person.issuer, subject=person.subject)
    form, code_form = AskForRecordForm.of(facilities), EnterCodeForm(prefix=CODE_PREFIX)
    form.proven.data = code_form.proven.data = sealed_for_page(proven_person(person), at=now())
    place = next((each.name for each in facilities if answer and each.id == answer.facility_id), "")
    return {
        "form": form,
        "code_form": code_form,
        "answer": answer,
        "place": place,
        "refusal_words": REFUSAL_WORDS,
    }


def _page(name: str, side: SignInSide, **values: object) -> str:
    """A page at the callback's address, which holds a code: a change of language leads to the beginning instead."""
    back = side.address("sign_ins", "new")
    return render_template(
        f"identity/signing_in/callbacks/{name}.html", side=side, language_back=back, **values
    )
