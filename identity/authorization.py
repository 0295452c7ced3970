"""Who may come in: every route stands under `open_to(…)` or `public`. flask-login is thin over our sessions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, flash, g, jsonify, redirect, request, url_for
from flask import session as browser
from flask_login import LoginManager, UserMixin, current_user
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from foundation.actor import Actor, ActorKind
from foundation.clock import now
from foundation.database.transactions import transaction
from foundation.errors import NotAllowed, NotSignedIn, Refusal
from foundation.language.translation import gettext
from foundation.web.assets import address_of
from foundation.web.current_settings import current_settings
from foundation.web.own_addresses import own_page, page_stood_on
from foundation.web.refusals import wants_problem_details
from identity.access.enumerations import Deed, Scope, Thing
from identity.access.rules.policy import own_decision, roles_that_may, shared_decision
from identity.roles import SHARE, Role
from identity.sessions.actions.refused_access import ACTS, note_refused_access
from identity.sessions.actions.session_activity import record_activity
from identity.sessions.queries.sessions import SignedIn, sign_in_of
from identity.sessions.rules.endings import noted_every
from identity.shares.queries import opening_of

View = TypeVar("View", bound=Callable[..., Any])

# How a page's script says that somebody has touched the page since it last asked.
ATTENDED = "X-Attended"
VISITORS = "visitors"
# That a page only reads, as its guard says: what the region's law opens, it opens to be read.
READS = "reads"
SHARE_ADDRESSES = "/shared"
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
# Why somebody is led to the door: their session has ended, before they opened a page or before they sent a form.
ENDED, UNSENT, UNSENT_KEPT = "ended", "unsent", "kept"

# Set in the browser by the answer that kept a form: the page on which its author finds it.
KEPT_AT = "kept_at"


@dataclass(frozen=True, slots=True)
class UnsentForm:
    """What became of a form that arrived when its author was not signed in.

    Attributes:
        page: where its author goes on with it, or finds what came of it.
        carried_out: it had been carried out already, and came once more.
        version: of what was kept.
        ticket: with which the page that sent it keeps what is typed on; "" where it may not.
    """

    page: str
    carried_out: bool = False
    version: int = 0
    ticket: str = ""


# Keeps what a form holds for its author, though they are not signed in; None where nothing was kept.
KeepUnsentForm = Callable[[Mapping[str, str]], UnsentForm | None]
# Whether a form says that somebody else opened it, or the same person at another place of work.
IsAnothersForm = Callable[[Mapping[str, str], Actor], bool]


class SessionLoginManager(LoginManager):
    """flask-login without the ways in that are not ours: it asks `_visitor`, and no cookie or header of its own."""

    def _load_user(self) -> None:
        self._update_request_context_with_user(self._load_user_from_request(request))


login_manager = SessionLoginManager()


class Visitor(UserMixin):
    """flask-login's user: one living session."""

    def __init__(self, signed_in: SignedIn) -> None:
        self.signed_in = signed_in

    def get_id(self) -> str:
        return str(self.signed_in.actor.session_id)

    def __getattr__(self, name: str) -> object:
        return getattr(self.signed_in, name)


def init_app(
    app: Flask,
    *,
    staff_addresses: tuple[str, ...],
    asked_by_scripts: tuple[str, ...],
    keep_unsent_form: KeepUnsentForm,
    is_anothers_form: IsAnothersForm,
) -> None:
    """Let visitors in.

    Args:
        staff_addresses: where the pages of staff begin; everywhere else a visitor is a citizen.
        asked_by_scripts: what pages ask for by themselves, which keeps nobody signed in.
        keep_unsent_form: is given each form that is sent when its author is not signed in.
        is_anothers_form: tells whether its author is another than who is signed in.
    """
    app.extensions["staff_addresses"] = staff_addresses
    app.extensions["asked_by_scripts"] = asked_by_scripts
    app.extensions["keep_unsent_form"] = keep_unsent_form
    app.extensions["is_anothers_form"] = is_anothers_form
    # Rows in the database decide, not flask-login's cookies: no remembering, no guessing by address.
    app.config.update(SESSION_PROTECTION=None)
    login_manager.session_protection = None
    login_manager.init_app(app)
    app.jinja_env.globals.update(
        first_page=first_page,
        is_open_to_reader=is_open_to_reader,
        open_places=open_places,
        reader_may=reader_may,
    )


def is_staff_address(path: str) -> bool:
    """Staff and citizens have a cookie each, so that one browser can hold both without mixing them."""
    return any(
        path == each or path.startswith(each + "/") for each in current_app.extensions["staff_addresses"]
    )


def is_share_address(path: str) -> bool:
    """Whoever looks by a link has a cookie of their own too, and no other address asks for it."""
    return path == SHARE_ADDRESSES or path.startswith(SHARE_ADDRESSES + "/")


def session_cookie(*, staff: bool) -> str:
    """The cookie's name: with the `__Host-` prefix where TLS allows it."""
    return _cookie("desk_session" if staff else "session_of_citizen")


def share_cookie() -> str:
    """That of whoever looks by a link."""
    return _cookie("session_of_share")


def set_share_cookie(answer: Response, token: str) -> None:
    # Strict: an opening is begun by a form of ours, and no other site leads into it.
    answer.set_cookie(
        share_cookie(), token, secure=current_settings().secure, httponly=True, samesite="Strict", path="/"
    )


def forget_share_cookie(answer: Response) -> None:
    answer.delete_cookie(
        share_cookie(), secure=current_settings().secure, httponly=True, samesite="Strict", path="/"
    )


def _cookie(name: str) -> str:
    return f"__Host-{name}" if current_settings().secure else name


@login_manager.request_loader
def _visitor(_request: object) -> Visitor | None:
    by_link = is_share_address(request.path)
    cookie = share_cookie() if by_link else session_cookie(staff=is_staff_address(request.path))
    token = request.cookies.get(cookie, "")
    # A page about a fault must not ask the database again, which may be the fault.
    if not token or "answering_fault" in g:
        return None
    signed_in = opening_of(token) if by_link else sign_in_of(token)
    if signed_in is None:
        return None
    # An opening lasts as long as it lasts, used or not.
    if not by_link and _is_user_initiated() and now() - signed_in.last_seen_at > noted_every(signed_in.idle):
        record_activity(signed_in.actor.session_id)
    return Visitor(signed_in)


def _is_user_initiated() -> bool:
    """Whether a person is there: a board that keeps itself up to date must not keep its session alive."""
    by_script = request.path in current_app.extensions["asked_by_scripts"]
    return not by_script or request.headers.get(ATTENDED) == "1"


def current_actor() -> Actor:
    """Who acts in this request. Where more is done than a page is read, what the law opens is closed to them."""
    if not current_user.is_authenticated:
        return Actor.anonymous()
    actor: Actor = current_user.signed_in.actor
    return replace(actor, opened_by_law=()) if actor.opened_by_law and not _only_reads() else actor


def _only_reads() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return request.method in ("GET", "HEAD") and getattr(view, READS, False)


def _not_theirs(roles: tuple[str, ...]) -> NotAllowed:
    """Tells whose page it is, as far as one word tells it."""
    for role, sentence in (
        (Role.DISPATCHER, "This page is for dispatchers."),
        (Role.DOCTOR, "This page is for doctors."),
        (Role.PATIENT, "This page is for patients."),
    ):
        if role in roles:
            return NotAllowed(sentence)
    return NotAllowed("This page is for people with other work.")


def public(view: View) -> View:
    """Anybody may come in."""
    setattr(view, VISITORS, ("anybody",))
    return view


def open_to(
    *roles: str, scope: Scope | None = None, whole: bool = False, reads: bool = False
) -> Callable[[View], View]:
    """Only people signed in with one of these roles; others are sent to sign in, or told that it is not theirs.

    Args:
        scope: the part of a record that the page shows; whoever acts for somebody by a right that does not open it is told so.
        whole: the page is for whoever may see all parts.
        reads: it only reads, so that what the region's law opens to be read is open here.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: object, **kwargs: object) -> object:
            if not current_user.is_authenticated:
                return _redirect_to_sign_in()
            with _refusals_noted():
                if _is_anothers_form():
                    return _keep_for_its_author()
                if current_actor().kind is ActorKind.STAFF and current_actor().facility_id is None:
                    return redirect(
                        url_for("identity.posts.new", asked_for=_page_asked_for()), HTTPStatus.SEE_OTHER
                    )
                if current_actor().role not in roles:
                    raise _not_theirs(roles)
                if not _opened_by_right(scope, whole):
                    raise NotAllowed("You may not see this part of the record.")
                return view(*args, **kwargs)

        setattr(guarded, VISITORS, tuple(map(str, roles)))
        setattr(guarded, READS, reads)
        return guarded  # type: ignore[return-value]

    return guard


def open_to_staff_who_may(deed: Deed, thing: Thing) -> Callable[[View], View]:
    """Only members of staff to whose role the policy opens that part of a record, for patients in their care."""
    return open_to(*roles_that_may(deed, thing), reads=deed is Deed.READ)


def open_to_whoever_may(deed: Deed, thing: Thing) -> Callable[[View], View]:
    """The same, citizens for their own record, and whoever looks by a link that opens it."""
    own = (Role.PATIENT,) if own_decision(thing, deed).allowed else ()
    by_link = (SHARE,) if shared_decision(thing, deed).allowed else ()
    return open_to(*own, *roles_that_may(deed, thing), *by_link, reads=deed is Deed.READ)


def reader_may(deed: str, thing: str) -> bool:
    """Whether the work of whoever is signed in includes this, for patients in their care: what a page offers."""
    role = current_actor().role
    return role in roles_that_may(Deed(deed), Thing(thing))


def _opened_by_right(scope: Scope | None, whole: bool) -> bool:
    actor = current_actor()
    return actor.scopes is None or (not whole and (scope is None or actor.may_see(scope)))


def open_to_staff(view: View) -> View:
    """Only members of staff, also before they have chosen one of several posts."""

    @wraps(view)
    def guarded(*args: object, **kwargs: object) -> object:
        if not current_user.is_authenticated or current_actor().kind is not ActorKind.STAFF:
            # The choice of a post stands before the page that was asked for; it is asked again by itself.
            return _redirect_to_sign_in(request.values.get("asked_for") or None)
        with _refusals_noted():
            return view(*args, **kwargs)

    setattr(guarded, VISITORS, ("staff",))
    return guarded  # type: ignore[return-value]


@contextmanager
def _refusals_noted() -> Iterator[None]:
    """What is asked for in vain leaves its line with who asked. Raises RateLimited: it was too often."""
    try:
        yield
    except tuple(ACTS) as refusal:
        note_asked_in_vain(refusal)
        raise


def note_asked_in_vain(refusal: Refusal) -> None:
    """Write who asked; for a route that answers such a refusal itself, with its form. Raises RateLimited: it was too often."""
    with transaction(current_actor()) as session:
        too_often = note_refused_access(
            session, refusal, endpoint=request.endpoint or "", asked=request.view_args or {}
        )
    if too_often:
        raise too_often from refusal


def is_open_to(address: str, role: str) -> bool:
    """Whether a page of ours that only people with a role see stands at that path, and is for people with this one."""
    try:
        endpoint, _ = current_app.url_map.bind("").match(urlsplit(address).path, method="GET")
    except (HTTPException, RequestRedirect):
        return False
    return role in getattr(current_app.view_functions[endpoint], VISITORS, ())


def is_open_to_reader(endpoint: str) -> bool:
    """Whether whoever is signed in may come in there; not where it is no part of this service."""
    return current_actor().role in _visitors_of(endpoint)


def _visitors_of(endpoint: str) -> tuple[str, ...]:
    visitors: tuple[str, ...] = getattr(current_app.view_functions.get(endpoint), VISITORS, ())
    return visitors


def open_places(places: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of a menu's places, pairs of endpoint and words, where whoever is signed in may come in."""
    role = current_actor().role
    return [(endpoint, words) for endpoint, words in places if role in _visitors_of(endpoint)]


def first_page() -> str:
    """Where whoever is signed in begins; the front door for everybody else."""
    role = current_actor().role
    return first_page_of(role) if role else address_of("portal.front.show") or "/"


def first_page_of(role: str) -> str:
    """Where somebody of this role begins; the front door where their room is not part of this service."""
    return address_of(current_app.extensions["first_pages"][role]) or "/"


def _redirect_to_sign_in(asked_for: str | None = None) -> object:
    """People are led to the door, and told why; a program cannot sign in, so it is told. Raises NotSignedIn.

    Args:
        asked_for: what they are led to afterwards; the page of this request where it is not given.
    """
    if wants_problem_details():
        raise NotSignedIn("Please sign in first.")
    if is_share_address(request.path):
        had_opened = share_cookie() in request.cookies
        return redirect(
            url_for("identity.share_openings.new", why=ENDED if had_opened else None), HTTPStatus.SEE_OTHER
        )
    staff = is_staff_address(request.path)
    sign_in_page = "identity.staff_sign_ins.new" if staff else "identity.sign_ins.new"
    had_session = session_cookie(staff=staff) in request.cookies
    unsent = current_app.extensions["keep_unsent_form"](request.form) if request.method == "POST" else None
    if unsent and request.accept_mimetypes.best == "application/json":
        # A page's script goes on with it, and tells its author in its own words.
        return jsonify(version=unsent.version, ticket=unsent.ticket), HTTPStatus.UNAUTHORIZED
    if unsent:
        kept = not unsent.carried_out
        if kept:
            browser[KEPT_AT] = unsent.page
        address = url_for(sign_in_page, asked_for=unsent.page, why=UNSENT_KEPT if kept else ENDED)
        return redirect(address, HTTPStatus.SEE_OTHER)
    # Whoever signed out in another window has no cookie any more, and has still sent a form.
    why = UNSENT if request.method == "POST" else ENDED if had_session else None
    address = url_for(sign_in_page, asked_for=asked_for or _page_asked_for(), why=why)
    return redirect(address, HTTPStatus.SEE_OTHER)


def why_led_here(asked_for: str) -> str:
    """Why the reader stands at the door: that something was kept is told to the browser alone from which it came."""
    why: str = request.values.get("why", "")
    return "" if why == UNSENT_KEPT and browser.get(KEPT_AT) != asked_for else why


def _is_anothers_form() -> bool:
    """Whether this is a form of somebody else's who was signed in here before, or of the same person at another post."""
    if request.method != "POST" or request.mimetype not in FORM_TYPES:
        return False
    anothers: bool = current_app.extensions["is_anothers_form"](request.form, current_actor())
    return anothers


def _keep_for_its_author() -> object:
    """Nothing of the form is shown, and nothing of it is done in the name of who is signed in. Raises NotAllowed."""
    unsent = current_app.extensions["keep_unsent_form"](request.form)
    if unsent is None:
        raise NotAllowed(
            "Somebody else opened this form, or it was opened at another place of work. Nothing was carried out, and what was typed was not kept."
        )
    flash(
        gettext(
            "Somebody else opened this form, or it was opened at another place of work. Nothing was carried out. What was typed is kept for its author alone."
        )
        if not unsent.carried_out
        else gettext("This form had been carried out already by whoever opened it. Nothing was changed.")
    )
    first = first_page() if current_actor().facility_id else url_for("identity.posts.new")
    return redirect(first, HTTPStatus.SEE_OTHER)


def _page_asked_for() -> str | None:
    """Where whoever is held up here was going."""
    is_page = request.method == "GET" and request.path not in current_app.extensions["asked_by_scripts"]
    return (own_page() if is_page else page_stood_on()) or None
