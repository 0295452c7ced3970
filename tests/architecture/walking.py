"""Every address of the service, somebody with one of everything, and how an address is asked about it."""

import itertools
import re
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from flask import Flask, session
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from foundation.clock import today
from foundation.web.forms import BaseForm
from identity.authorization import VISITORS, session_cookie, share_cookie
from tests.people import new_snils

MARK = "Канарейкина"
MARKUP = "<b onclick=x>"
# Whatever follows it is read from right to left, the neighbours of the text too.
MIRROR = "\u202e"
ODD = MARKUP + MIRROR
# Signing out elsewhere: a button alone.
CONTACT_PRESSES = (
    *(f"identity.{side}contacts.{verb}" for side in ("", "staff_") for verb in ("destroy", "create_link")),
    *(f"identity.patient_contacts.{verb}" for verb in ("destroy", "confirm")),
    # Whoever holds a link is let in by it; this one is nobody's.
    "identity.contact_confirmations.create",
)
DEVICE_ENDS = tuple(
    f"identity.{side}device_ends.{verb}" for side in ("", "staff_") for verb in ("create", "create_all")
)
# What differs between two answers that say the same: keys of forms, the request's own number and address.
VARIES = re.compile(r'value="[^"]*"|<code>[0-9a-f]{16}</code>|[0-9a-f]{16}(?=\D)')
# Headers of their own in every answer: the request's number, the length of a page that bears it, a renewed cookie.
OF_EACH_ANSWER = ("X-Request-ID", "Content-Length", "Set-Cookie", "Date", "ETag")


@dataclass
class Victim:
    """A citizen with one of everything, and what must never be seen of it."""

    objects: dict[str, str]
    words: list[str]
    secrets: list[str]
    others_post: str
    release_slot: str
    snils: str
    absent: dict[str, str] = field(default_factory=dict)

    @property
    def patient_id(self) -> UUID:
        return UUID(self.objects["patient_id"])


@dataclass(frozen=True)
class Address:
    """A route, how it is asked, and the application that answers there."""

    app: Flask
    rule: Rule
    method: str

    @property
    def visitors(self) -> tuple[str, ...]:
        return getattr(self.app.view_functions[self.rule.endpoint], VISITORS, ("anybody",))

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    mimetype: str
    told: str
    headers: tuple[tuple[str, str], ...] = ()


def asked(browser: FlaskClient, address: Address, objects: dict[str, str], victim: Victim) -> Answer:
    rule = address.rule
    unknown = rule.arguments - objects.keys()
    assert not unknown, f"{rule.rule}: say which object of the victim stands for {unknown}"
    with address.app.test_request_context():
        values = {name: _typed(objects[name]) for name in rule.arguments}
        path = rule.build(values, append_unknown=False)[1]
        cookies = (session_cookie(staff=True), session_cookie(staff=False), share_cookie())
    form = typed(browser, rule.endpoint, victim) if address.method == "POST" else None
    going = browser if browser.application is address.app else address.app.test_client()
    for name in cookies:
        # One browser speaks to every process of the host with the same cookies.
        if going is not browser and (held := browser.get_cookie(name)):
            going.set_cookie(name, held.value)
    headers = {"Accept": "*/*", "Accept-Language": "en"}
    with going.open(path, method=address.method, data=form, headers=headers) as answer:
        # A stream of events has no end: its beginning and what follows are enough.
        endless = answer.mimetype == "text/event-stream"
        pieces = itertools.islice(answer.iter_encoded(), 3) if endless else [answer.data]
        told = b"".join(pieces).decode(errors="replace")
    # Both searches, of doctors and of registrars, come by POST and keep whom they ask for sealed in the address of the answer.
    if rule.endpoint.endswith("searches.create") and "/searches/" in (answer.location or ""):
        told += going.get(answer.location, headers=headers).text
    headers = tuple(sorted((name, value) for name, value in answer.headers if name not in OF_EACH_ANSWER))
    return Answer(answer.status_code, answer.location or "", answer.mimetype, told, headers)


def _typed(value: str) -> object:
    try:
        return UUID(value)
    except ValueError:
        return value


NAMED = {
    **{"family_name": "Новая", "given_name": "Анна", "middle_name": "", "version": "1"},
    **{"position_ru": "Врач", "position_en": "Doctor"},
}
FACILITY = {
    **{"kind": "polyclinic", "name_ru": "Новая", "name_en": "New", "version": "1"},
    **{"settlement_ru": "Гай", "settlement_en": "Gay"},
}
SEEN = {"document_kind": "passport", "document_number": "5301 123456", "in_hand": "y"}


def typed(browser: FlaskClient, endpoint: str, victim: Victim) -> dict[str, str]:
    """A form that would be taken; an endpoint that is not named here must be added."""
    forms = {
        "dispatch.bookings.create": ("book-", {"slot_id": victim.release_slot, "version": "1"}),
        "dispatch.cancellations.create": ("cancel-", {"reason": "Because", "version": "2"}),
        "dispatch.rebookings.create": (
            "move-",
            {"slot_id": victim.release_slot, "reason": "Because", "version": "2"},
        ),
        "dispatch.confirmations.create": ("confirm-", {"version": "2"}),
        "dispatch.arrivals.create": ("arrive-", {"version": "2"}),
        "dispatch.arrival_corrections.create": ("undo_arrival-", {"reason": "Because", "version": "2"}),
        "emr.arrivals.create": (f"arrival-{victim.objects['booking_id']}-", {"version": "2"}),
        "dispatch.outcomes.create": ("outcome-", {"outcome": "served", "version": "2"}),
        "dispatch.revocations.create": ("revoke-", {"reason": "Because", "version": "1"}),
        # A doctor's whose schedule stands for nobody: whoever keeps it adds to it.
        "dispatch.times.create": (
            "",
            {
                "day": (today() + timedelta(days=300)).isoformat(),
                **{"begins": "10:00", "ends": "10:20", "minutes": "20", "service": "C-CARD"},
            },
        ),
        "dispatch.closed_times.create": (
            "close-",
            {"day": (today() + timedelta(days=301)).isoformat(), "reason": "illness", "seen": "0"},
        ),
        "dispatch.closed_times.end": ("", {}),
        "dispatch.displaced.create": (
            "",
            {"moves": f"{victim.objects['booking_id']}_2_{victim.release_slot}"},
        ),
        "emr.drafts.update": ("", {"draft_form": "note", "complaints": "Cough", "draft_version": "0"}),
        "emr.discards.create": ("", {"draft_version": "1"}),
        "emr.notes.create": ("", {"seen_at": "2026-05-03T10:00", "complaints": "Cough"}),
        "emr.notes.update": (
            "",
            {"seen_at": "2026-05-03T10:00", "complaints": "Cough", "seen_number": "1", "reason": "Because"},
        ),
        "emr.signatures.create": ("", {"seen_number": "1"}),
        "emr.outcomes.create": (
            f"outcome-{victim.objects['booking_id']}-",
            {"outcome": "served", "version": "2"},
        ),
        "emr.revocations.create": (
            f"revoke-{victim.objects['referral_id']}-",
            {"reason": "Because", "version": "2"},
        ),
        "emr.referrals.create": (
            "",
            {"service": "C-CARD", "priority": "planned", "diagnosis_code": "I20.8", "reason": "Because"},
        ),
        # Names nobody: whoever opens somebody's record sees it.
        "identity.emergencies.create": (
            "",
            {
                "snils": "112-233-445 95",
                "birth_date": "1901-01-01",
                "reason": "other",
                "words": "Brought in by ambulance, does not answer.",
            },
        ),
        "identity.passkey_resets.create": (
            "",
            {"snils": new_snils(), "reason": "The telephone is lost."},
        ),
        "identity.passkey_resets.confirm": ("", {}),
        "identity.passkeys.create": ("", {"name": "Telephone", "credential": "{}"}),
        "identity.passkeys.update": ("", {"name": "Telephone"}),
        "identity.passkeys.destroy": ("", {}),
        "identity.passkey_challenges.create": ("", {}),
        "identity.passkey_challenges.create_to_step_up": ("", {}),
        "identity.step_ups.create": ("", {"credential": "{}"}),
        # To come, so that nobody is let in while others are asked.
        "identity.legal_openings.create": (
            "",
            {
                **{"role": "nurse", "thing": "images", "facility": "everywhere"},
                **{"basis_ru": "Закон", "basis_en": "An act"},
                "first_day": (today() + timedelta(days=300)).isoformat(),
            },
        ),
        "identity.legal_openings.end": ("", {"reason": "Because"}),
        "identity.verdicts.create": ("", {"verdict": "justified", "words": "It was needed at once."}),
        "portal.objections.create": ("", {"words": "Never been there"}),
        "portal.erasures.create": ("", {"words": "All of it"}),
        "portal.erasure_answers.create": (
            "",
            {"seen": "0", "verdict": "kept", "words": "The law has all of it kept."},
        ),
        "portal.answers.create": (
            "",
            {"seen": "0", "verdict": "founded", "words": "The access was not allowed."},
        ),
        "emr.conflict_answers.create": ("", {"choice": "theirs", "reason": "Passport was seen"}),
        "emr.conflict_answers.confirm": (
            "",
            {"family_name": "A", "given_name": "B", "born_on": "1990-01-01", "reason": "Passport was seen"},
        ),
        "emr.searches.create": ("", {"text": f"{victim.snils[:9]} {victim.snils[9:]}"}),
        **dict.fromkeys(DEVICE_ENDS, ("", {})),
        "identity.representation_ends.create": ("", {}),
        # Names nobody, or the victim's own offers and rights by their addresses alone.
        "identity.delegates.create": (
            "",
            {
                "snils": "112-233-445 95",
                "birth_date": "1901-01-01",
                "scopes": "record",
                "last_day": str(today()),
            },
        ),
        # Of nobody's record but the asker's own, or by the address of the victim's link alone.
        "portal.links.create": (
            "",
            {
                **{"step": "make", "for_whom": "A cardiologist", "kinds": "note", "most_openings": "1"},
                "open_until": str(today()),
            },
        ),
        "portal.links.revoke": ("", {}),
        "interop.staff_exports.create": ("", {"reason": "export-transfer"}),
        "identity.share_openings.create": (
            "",
            {"link": "x#forged", "code": "0000000000", "name": "Guest", "workplace": "Elsewhere"},
        ),
        "identity.share_openings.end": ("", {}),
        **dict.fromkeys(
            [f"identity.delegate_ends.{verb}" for verb in ("create", "revoke", "give")], ("", {})
        ),
        "identity.offers.create": ("", {"answer": "accepted"}),
        "identity.consents.create": ("", {"purpose": "research", "seen": "1", "decision": "permit"}),
        **dict.fromkeys(["identity.closures.create", "identity.closures.lift"], ("", {})),
        # Of nobody's record but the asker's own.
        "portal.hidings.create": ("", {"sure": "y"}),
        "portal.hidings.lift": ("", {}),
        "identity.guardians.create": (
            "",
            {
                "snils": victim.snils,
                "document_kind": "court_decision",
                "document_number": "2-100/2026",
                "issuer": "Court",
                "issued_on": "2020-01-01",
                "last_day": str(today()),
                "basis": "incapacity",
                "in_hand": "y",
            },
        ),
        "identity.guardians.end": (
            "end-",
            {"guardianship": victim.objects["delegation_id"], "reason": "by_mistake"},
        ),
        **dict.fromkeys(CONTACT_PRESSES, ("", {})),
        **dict.fromkeys(
            ["identity.contacts.create_email", "identity.staff_contacts.create_email"],
            ("", {"email": "somebody@example.ru"}),
        ),
        "identity.patient_contacts.create_email": (
            "",
            {"email": "somebody@example.ru", "language": "en"},
        ),
        **dict.fromkeys(
            ["identity.contacts.create_phone", "identity.patient_contacts.create_phone"],
            ("", {"phone": "+7 912 345-67-89"}),
        ),
        **dict.fromkeys(
            ["identity.contacts.update", "identity.staff_contacts.update"],
            ("", {"wanted": "yes", "language": "en"}),
        ),
        "emr.teams.create": ("", {"member": victim.absent["patient_id"]}),
        "emr.teams.end": ("end-", {"member": victim.absent["patient_id"]}),
        "identity.representations.create": ("", {"delegation": victim.absent["patient_id"]}),
        "identity.code_entries.create": ("code-", {"proven": "forged", "code": "1234567890"}),
        "identity.deaths.create": (
            "",
            {**SEEN, "document_kind": "death_certificate", "died_on": "2026-01-01"},
        ),
        "identity.deaths.undo": ("undo-", {"death": victim.objects["request_id"], "reason": "by_mistake"}),
        "identity.merge_searches.create": ("", {"snils": victim.snils}),
        # Not said why: whoever may do it is asked again, and the victim's sessions live on.
        "identity.merges.create": ("", {"reason": "", "document_kind": ""}),
        "identity.merges.undo": ("", {"reason": ""}),
        "identity.linking_codes.create": ("", SEEN),
        "identity.links.create": ("", {**SEEN, "patient": victim.objects["patient_id"]}),
        "identity.links.end": ("end-", {"link": victim.objects["request_id"], "reason": "by_mistake"}),
        "identity.request_refusals.create": ("refusal-", {"reason": "no_document"}),
        "identity.record_requests.create": ("", {"proven": "forged", "facility": victim.others_post}),
        "identity.registry_searches.create": ("", {"snils": victim.snils}),
        "identity.posts.create": ("", {"post": victim.others_post}),
        "identity.staff_searches.create": ("", {"words": "Новая"}),
        "identity.members.create": ("", {**NAMED, "snils": new_snils(), "birth_date": "1980-05-06"}),
        "identity.members.change": ("change-", NAMED),
        "identity.staff_posts.create": (
            "",
            {
                "facility": victim.objects["facility_id"],
                **{"role": "nurse", "first_day": today().isoformat(), "reason": "Because"},
            },
        ),
        "identity.staff_posts.end": ("", {"reason": "Because", "version": "1"}),
        "identity.facilities.create": ("", {**FACILITY, "code": f"W-{uuid4().hex[:12]}"}),
        "identity.facilities.change": ("", FACILITY),
        "identity.closings.create": ("closing-", {"reason": "Because", "sure": "y", "version": "1"}),
        "identity.closings.end": ("closing-", {"version": "1"}),
        "foundation.language.update": ("", {"language": "en"}),
        "identity.back_channel_logouts.create": ("", {}),
        "foundation.policy_reports.create": ("", {}),
        "identity.sign_ins.create": ("", {}),
        "identity.staff_sign_ins.create": ("", {}),
        "identity.sessions.update": ("", {}),
        "identity.staff_sessions.update": ("", {}),
        "identity.sign_outs.create": ("", {}),
        "identity.staff_sign_outs.create": ("", {}),
    }
    assert endpoint in forms, f"say what to type at {endpoint}"
    prefix, words = forms[endpoint]
    guarded = {**words, "csrf_token": token_for(browser), "idempotency_key": uuid4().hex}
    return {prefix + name: value for name, value in guarded.items()}


def token_for(browser: FlaskClient) -> str:
    """The guard of a form in this browser's hands, as if a page had just been opened."""
    with browser.application.test_request_context():
        token = BaseForm().csrf_token.current_token
        secret = session["csrf"]
    with browser.session_transaction() as kept:
        kept["csrf"] = secret
    return token
