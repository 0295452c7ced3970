"""One of everything in a large region, and a great many of it, so that every address has something to show and to search through."""

import json
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, text

from benchmarks.large_region import LargeRegion, Visitor
from emr.drafts.actions import Typed, save_draft
from emr.drafts.enumerations import DraftForm
from emr.entries.enumerations import SHOWN_KINDS
from emr.notes.actions.notes import write_note
from emr.notes.rules import Note
from foundation.actor import Actor, ActorKind
from foundation.clock import now
from foundation.database import transactions
from foundation.identifiers import new_id
from foundation.web.sealed_searches import sealed_search
from identity.record_requests.rules import ProvenPerson
from identity.record_requests.tickets import sealed_for_table
from tests.signing_in import begin_session

# One patient in ten has a guardian, or had one; and the one who is looked up.
GUARDIANS = """
INSERT INTO identity.delegation (id, patient_id, delegate_id, kind, scopes, began_at, ends_at, basis, evidence_sha256)
SELECT uuidv7(), p.id, other.id, 'guardian', '{record,bookings,images}', now(), now() + interval '1 year', 'incapacity', ''
FROM identity.patient p, (SELECT id FROM identity.patient WHERE id <> :patient LIMIT 1) AS other
WHERE p.id <> other.id AND (p.id = :patient OR hashtext(p.id::text) % 10 = 0);
INSERT INTO identity.guardianship (id, patient_id, delegate_id, document_kind, number_sealed, issuer, issued_on, ends_at,
                                   basis, staff_id, facility_id)
SELECT id, patient_id, delegate_id, 'court_decision', '', 'Court', current_date, ends_at, 'incapacity',
       (SELECT id FROM identity.staff_member LIMIT 1), (SELECT id FROM identity.facility LIMIT 1)
FROM identity.delegation WHERE kind = 'guardian';
INSERT INTO identity.delegation_end (delegation_id, patient_id, delegate_id, reason)
SELECT id, patient_id, delegate_id, 'by_mistake' FROM identity.delegation WHERE hashtext(id::text) % 2 = 0
"""


# Each booking was chosen from something.
DECISIONS = """
INSERT INTO dispatch.routing_decision (booking_id, shown) SELECT id, '[]' FROM dispatch.booking;
ANALYZE dispatch.routing_decision
"""
# Everybody keeps an address, and everybody had another before; most have chosen something.
CONTACTS = """
INSERT INTO identity.contact_point (id, patient_id, system, value_sealed, entered_at)
SELECT uuidv7(), p.id, system, '', now() FROM identity.patient p, unnest(ARRAY['email', 'email', 'phone']) AS system;
INSERT INTO identity.contact_point (id, staff_id, system, value_sealed, entered_at)
SELECT uuidv7(), s.id, 'email', '', now() FROM identity.staff_member s;
INSERT INTO identity.contact_point_end (contact_point_id)
SELECT id FROM identity.contact_point WHERE hashtext(id::text) % 2 = 0;
INSERT INTO identity.contact_point_confirmation (contact_point_id, method)
SELECT id, 'link' FROM identity.contact_point WHERE hashtext(id::text) % 3 = 0;
INSERT INTO identity.contact_point_refusal (contact_point_id)
SELECT id FROM identity.contact_point WHERE system = 'email' AND hashtext(id::text) % 5 = 0;
INSERT INTO identity.contact_link (id, contact_point_id, token_sha256, language)
SELECT uuidv7(), id, sha256(id::text::bytea), 'ru' FROM identity.contact_point WHERE system = 'email';
INSERT INTO identity.notice_choice (id, patient_id, topic, wanted, language)
SELECT uuidv7(), id, 'sign-in', true, 'ru' FROM identity.patient;
INSERT INTO identity.notice_choice (id, staff_id, topic, wanted, language)
SELECT uuidv7(), id, 'sign-in', true, 'ru' FROM identity.staff_member;
ANALYZE identity.contact_point, identity.contact_point_end, identity.contact_point_confirmation, identity.contact_link,
    identity.contact_point_refusal, identity.notice_choice
"""


# One patient in ten was known twice; and the one who is looked up. The facilities of staff joined them, one after the other.
MERGES = """
INSERT INTO identity.patient (id, family_name, given_name, middle_name, birth_date, sex, sort_key)
SELECT uuidv7(), 'Иванова', 'Вторая', p.id::text, '1960-05-03', 'female', '' FROM identity.patient p
WHERE p.id = :patient OR hashtext(p.id::text) % 10 = 0;
INSERT INTO identity.merge (id, survivor_id, merged_id, merged_person, reason, document_kind, evidence_digest, accounts_moved,
                            moved, staff_id, facility_id, merged_at)
SELECT uuidv7(), s.middle_name::uuid, s.id, to_jsonb(s), 'x', '', '', true, '{}', (SELECT id FROM identity.staff_member LIMIT 1),
       CASE WHEN s.middle_name = CAST(:patient AS text) THEN CAST(:place AS uuid) ELSE f.id END, now()
FROM identity.patient s, LATERAL (SELECT id FROM identity.facility ORDER BY hashtext(s.id::text || id::text) LIMIT 1) AS f
WHERE s.given_name = 'Вторая';
INSERT INTO identity.merge_undone (merge_id, survivor_id, reason, staff_id, facility_id)
SELECT id, survivor_id, 'x', staff_id, facility_id FROM identity.merge WHERE hashtext(id::text) % 2 = 0;
ANALYZE identity.merge, identity.merge_undone
"""


def registrars_parts(region: LargeRegion) -> dict[str, object]:
    """Whom the registrar of the Dispatching Center looks up, has in care, and who asks there for their record."""
    proven = ProvenPerson("urn:bench", "", 3, "", "", date(1960, 5, 3), "Иванова", "Анна", "")
    request_id = new_id()
    with region.engine.begin() as connection:
        place = connection.scalar(text("SELECT id FROM identity.facility WHERE code = 'DC-001'"))
        patient_id = connection.scalar(
            text(
                "SELECT patient_id FROM identity.care_relation WHERE facility_id = :place "
                "AND began_at <= now() AND ends_at > now() AND staff_id IS NULL LIMIT 1"
            ),
            {"place": place},
        )
        connection.execute(
            text(
                "INSERT INTO identity.record_request (id, account_id, facility_id, proven_sealed, asked_on, asked_at) "
                "SELECT :id, id, :place, :sealed, current_date, now() FROM identity.account LIMIT 1"
            ),
            {"id": request_id, "place": place, "sealed": sealed_for_table(proven)},
        )
        conflict_id = connection.scalar(
            text(
                "INSERT INTO emr.import_conflict (id, patient_id, kind, source_system, told, held, content_sha256, raised_at) "
                "VALUES (uuidv7(), :patient, 'name', 'urn:bench', :told, :held, 'one', now()) RETURNING id"
            ),
            {
                "patient": patient_id,
                "told": json.dumps(dict.fromkeys(("family", "given", "middle", "birth", "sex"), "")),
                "held": '{"resources": []}',
            },
        )
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(GUARDIANS), {"patient": patient_id})
        connection.execute(text(CONTACTS))
        connection.execute(text(DECISIONS))
        connection.execute(text(MERGES), {"patient": patient_id, "place": place})
        merge_id = connection.scalar(
            text("SELECT id FROM identity.merge WHERE survivor_id = :patient"), {"patient": patient_id}
        )
        other_id = connection.scalar(
            text(
                "SELECT patient_id FROM identity.care_relation WHERE facility_id = :place AND patient_id <> :patient "
                "AND began_at <= now() AND ends_at > now() AND staff_id IS NULL LIMIT 1"
            ),
            {"place": place, "patient": patient_id},
        )
        connection.execute(
            text("ANALYZE identity.delegation, identity.guardianship, identity.delegation_end")
        )
    somebody = {"family_name": "Иванова", "given_name": "Анна", "born_on": "1960-05-03"}
    actor = Actor(ActorKind.STAFF, staff_id=place, facility_id=place)
    return {
        "sealed": sealed_search(json.dumps(somebody), actor),
        "request_id": request_id,
        "conflict_id": conflict_id,
        "patient_id": patient_id,
        "other_id": other_id,
        "merge_id": merge_id,
    }


def administrators_parts(region: LargeRegion) -> dict[str, object]:
    """Whom the administrator of the Dispatching Center looks up, and a post of somebody elsewhere."""
    with region.engine.begin() as connection:
        place = connection.scalar(text("SELECT id FROM identity.facility WHERE code = 'DC-001'"))
        post = connection.execute(
            text(
                "SELECT id, staff_id, facility_id FROM identity.staff_post WHERE facility_id <> :place LIMIT 1"
            ),
            {"place": place},
        ).one()
    actor = Actor(ActorKind.STAFF, staff_id=place, facility_id=place)
    return {
        "sealed": sealed_search("Докторова", actor),
        "post_id": post.id,
        "member_id": post.staff_id,
        "facility_id": post.facility_id,
    }


def parts_of_a_record(region: LargeRegion, doctor: Visitor) -> dict[str, object]:
    """What addresses name: of the patient whose doctor is here, with a note that the doctor has not signed yet."""
    with region.engine.begin() as connection:
        entry_id = _with_document(connection, doctor.patient_id)
        study_uid, series_uid, instance_uid = connection.execute(
            text(
                "SELECT study_instance_uid, series_instance_uid, sop_instance_uid FROM archive.instance "
                "WHERE patient_id = :patient LIMIT 1"
            ),
            {"patient": doctor.patient_id},
        ).one()
    place = UUID(doctor.facility_id)
    author = Actor(ActorKind.STAFF, new_id(), staff_id=place, facility_id=place, role="doctor")
    begin_session(author, region.engine)
    note = Note("", "", "", "I20.8", "Angina", "Rest", now())
    with transactions.transaction(author) as session:
        unsigned_id, draft_id = write_note(session, UUID(doctor.patient_id), note=note), new_id()
        typed = Typed(DraftForm.NOTE, {"complaints": "Cough"}, seen_version=0)
        save_draft(session, UUID(doctor.patient_id), draft_id, typed)
    return {
        "patient_id": UUID(doctor.patient_id),
        "referral_id": UUID(doctor.referral_id),
        "entry_id": entry_id,
        "unsigned_id": unsigned_id,
        "draft_id": draft_id,
        "study_uid": study_uid,
        "series_uid": series_uid,
        "instance_uid": instance_uid,
        **_objection(region, doctor.patient_id),
        "erasure_id": _erasure(region, doctor.patient_id),
        "emergency_id": _emergency(region, doctor.patient_id),
        "token": "ofnobody",
        "offer_id": _offer(region, doctor.patient_id),
        "passkey_id": _passkey(region, place),
        "sealed": sealed_search("Иванова Анна", author),
        "numbers": "1",
        "legal_opening_id": _opening(region),
        "quarter": _quarter(region),
        "resource_id": _resource(region),
        "number": 1,
        "position": 1,
        "provider": "demo",
        "anything": "Observation",
    }


# Forty quarters, each counted on a hundred days.
QUARTERS = """
INSERT INTO dispatch.quarter_count (quarter, cut_off, lines, sha256)
SELECT date '2015-01-01' + q * interval '3 months', now() - d * interval '1 day',
       '[{"facility": "DC-001", "waiting": 1}]', repeat('0', 64)
FROM generate_series(0, 39) q, generate_series(1, 100) d
"""


# A hundred days on which somebody was ill, of each of two hundred; all of them are over and some were opened again.
CLOSED_TIMES = """
INSERT INTO dispatch.closed_time (id, resource_id, during, reason, closed_at, closed_by)
SELECT uuidv7(), r.id, tstzrange(now() - (n + 2) * interval '1 day', now() - (n + 1) * interval '1 day'), 'illness', now(),
       (SELECT id FROM identity.staff_member LIMIT 1)
FROM (SELECT DISTINCT resource_id AS id FROM dispatch.slot LIMIT 200) r, generate_series(0, 99) n;
INSERT INTO dispatch.closed_time_end (closed_time_id, ended_at, ended_by)
SELECT id, now(), closed_by FROM dispatch.closed_time WHERE lower(during) < now() - interval '50 days'
"""


def _resource(region: LargeRegion) -> UUID:
    """A doctor, room or device that offers times."""
    with region.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(CLOSED_TIMES))
        connection.execute(text("ANALYZE dispatch.closed_time, dispatch.closed_time_end"))
        return connection.execute(text("SELECT resource_id FROM dispatch.slot LIMIT 1")).scalar_one()


def _quarter(region: LargeRegion) -> str:
    """A quarter that was counted."""
    with region.engine.begin() as connection:
        connection.execute(text(QUARTERS))
        connection.execute(text("ANALYZE dispatch.quarter_count"))
    return "2015-q1"


# A case in a hundred looks, and one of each look of the patient's.
OBJECTIONS = """
INSERT INTO portal.objection (id, patient_id, audit_event_id, accessed_at, staff_id, facility_id, role, act, reason,
                              care_bases, words, due_on, basis_en, basis_ru)
SELECT uuidv7(), patient_id, id, at, staff_id, facility_id, role, act, '', '{}', '', current_date, '', ''
FROM foundation.audit_event WHERE actor_kind = 'staff' AND (id % 100 = 0 OR patient_id = :patient);
INSERT INTO portal.objection_step (objection_id, number, patient_id, state, words, staff_id, facility_id)
SELECT id, 1, patient_id, 'founded', 'It was not allowed.', staff_id, facility_id FROM portal.objection;
INSERT INTO portal.waiting_objection (objection_id, patient_id, due_on)
SELECT id, patient_id, due_on FROM portal.objection WHERE patient_id = :patient
"""
UNASKED = """
INSERT INTO foundation.audit_event (actor_kind, staff_id, facility_id, role, patient_id, act, object_kind, reason)
SELECT 'staff', staff_id, facility_id, role, patient_id, act, '', '' FROM portal.objection WHERE patient_id = :patient
LIMIT 1 RETURNING id
"""


def _objection(region: LargeRegion, patient_id: str) -> dict[str, object]:
    """A case of the patient's, and an act that nobody asked about yet."""
    asked = {"patient": patient_id}
    with region.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(OBJECTIONS), asked)
        event_id = connection.execute(text(UNASKED), asked).scalar_one()
        one = "SELECT id FROM portal.objection WHERE patient_id = :patient LIMIT 1"
        objection_id = connection.execute(text(one), asked).scalar_one()
        connection.execute(text("ANALYZE portal.objection, portal.objection_step, portal.waiting_objection"))
    return {"event_id": event_id, "objection_id": objection_id}


# Many have asked that something be erased, and were answered; the patient waits.
ERASURES = """
INSERT INTO portal.erasure_request (id, patient_id, words, due_on, further_days, basis_en, basis_ru)
SELECT uuidv7(), id, 'All', current_date, 7, '', '' FROM identity.patient
WHERE id = :patient OR hashtext(id::text) % 20 = 0;
INSERT INTO portal.erasure_item (request_id, kind, patient_id, kept_until, to_be_confirmed, basis_en, basis_ru)
SELECT id, kind, patient_id, current_date, false, '', ''
FROM portal.erasure_request, unnest(ARRAY['record', 'images']) AS kind;
INSERT INTO portal.erasure_step (request_id, number, patient_id, state, words, erased_count, staff_id, facility_id)
SELECT r.id, 1, r.patient_id, 'extended', 'Later.', 0, post.staff_id, post.facility_id
FROM portal.erasure_request r, (SELECT staff_id, facility_id FROM identity.staff_post LIMIT 1) AS post;
INSERT INTO portal.waiting_erasure (request_id, patient_id, due_on)
SELECT id, patient_id, due_on FROM portal.erasure_request WHERE patient_id = :patient
"""


def _erasure(region: LargeRegion, patient_id: str) -> object:
    """A request of the patient's."""
    asked = {"patient": patient_id}
    with region.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(ERASURES), asked)
        one = "SELECT id FROM portal.erasure_request WHERE patient_id = :patient LIMIT 1"
        erasure_id = connection.execute(text(one), asked).scalar_one()
        connection.execute(
            text(
                "ANALYZE portal.erasure_request, portal.erasure_item, portal.erasure_step, portal.waiting_erasure"
            )
        )
    return erasure_id


# One of each session's, as if each were somebody's, and one of the reader's, who has just used it.
PASSKEYS = """
INSERT INTO identity.passkey (id, staff_id, credential_id, public_key, sign_count, name, made_at)
SELECT id, id, uuid_send(id), '', 0, 'Telephone', began_at FROM identity.session;
INSERT INTO identity.passkey_end (passkey_id, staff_id, reason) SELECT id, staff_id, '' FROM identity.passkey;
INSERT INTO identity.passkey_reset (id, staff_id, asked_by, reason, asked_at)
SELECT id, id, :staff, 'Lost.', began_at - interval '1 year' FROM identity.session;
INSERT INTO identity.passkey_reset_confirmation (reset_id, staff_id, confirmed_by, confirmed_at)
SELECT id, staff_id, :staff, asked_at FROM identity.passkey_reset;
INSERT INTO identity.passkey (id, staff_id, credential_id, public_key, sign_count, name, made_at)
VALUES (:staff, :staff, uuid_send(:staff), '', 0, 'Telephone', now());
UPDATE identity.session SET second_factor = 'passkey', second_factor_at = now() WHERE staff_id = :staff
"""


def _passkey(region: LargeRegion, staff_id: UUID) -> object:
    with region.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(PASSKEYS), {"staff": staff_id})
        connection.execute(text("ANALYZE identity.passkey, identity.passkey_end"))
        connection.execute(text("ANALYZE identity.passkey_reset, identity.passkey_reset_confirmation"))
    return staff_id


# One in a hundred looks.
EMERGENCIES = """
INSERT INTO identity.emergency (id, patient_id, staff_id, facility_id, role, reason, words, began_at, ends_at)
SELECT uuidv7(), patient_id, staff_id, facility_id, role, 'other', 'Did not answer.', at, at + interval '60 minutes'
FROM foundation.audit_event WHERE actor_kind = 'staff' AND (id % 100 = 0 OR patient_id = :patient);
INSERT INTO identity.emergency_verdict (emergency_id, patient_id, verdict, words, staff_id, facility_id)
SELECT id, patient_id, 'justified', 'It was needed.', staff_id, facility_id FROM identity.emergency
WHERE patient_id <> :patient;
INSERT INTO identity.waiting_emergency (emergency_id, patient_id, began_at)
SELECT id, patient_id, began_at FROM identity.emergency WHERE patient_id = :patient;
INSERT INTO identity.emergency_figure (facility_id, opened, justified)
SELECT facility_id, count(*), count(*) FILTER (WHERE patient_id <> :patient) FROM identity.emergency GROUP BY facility_id
"""


# To a role that has none of the pages that are opened here.
OPENINGS = """
INSERT INTO identity.legal_opening (id, role, thing, facility_id, basis_en, basis_ru, began_at, staff_id)
SELECT uuidv7(), 'shift-lead', 'referrals', f.id, 'An act', 'Закон', now(), (SELECT id FROM identity.staff_member LIMIT 1)
FROM identity.facility f
"""


def _opening(region: LargeRegion) -> object:
    """The region's law opens referrals at each facility."""
    with region.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(OPENINGS))
        connection.execute(text("ANALYZE identity.legal_opening"))
        return connection.execute(text("SELECT id FROM identity.legal_opening LIMIT 1")).scalar_one()


def _emergency(region: LargeRegion, patient_id: str) -> object:
    """The patient's record was opened in an emergency, and waits for a verdict."""
    asked = {"patient": patient_id}
    with region.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(EMERGENCIES), asked)
        one = "SELECT id FROM identity.emergency WHERE patient_id = :patient LIMIT 1"
        emergency_id = connection.execute(text(one), asked).scalar_one()
        connection.execute(
            text("ANALYZE identity.emergency, identity.emergency_verdict, identity.waiting_emergency")
        )
    return emergency_id


# Others offer and are offered rights, the patient too.
OFFERS = """
INSERT INTO identity.delegation_offer (id, patient_id, identifier_system, identifier_digest, identifier_sealed, birth_date,
                                       scopes, words, ends_at, expires_at)
SELECT uuidv7(), CASE WHEN p.id = :patient THEN other.id ELSE CAST(:patient AS uuid) END, i.system, i.value_digest,
       i.value_sealed, p.birth_date, '{record}', '', now() + interval '60 days', now() + interval '20 days'
FROM identity.patient p JOIN identity.patient_identifier i ON i.patient_id = p.id,
     (SELECT id FROM identity.patient WHERE id <> :patient LIMIT 1) AS other
WHERE p.id = :patient OR (p.id <> other.id AND hashtext(p.id::text) % 5000 = 0);
INSERT INTO identity.delegation_offer (id, patient_id, identifier_system, identifier_digest, identifier_sealed, birth_date,
                                       scopes, words, ends_at, expires_at)
SELECT uuidv7(), p.id, 'urn:bench', decode(md5(p.id::text), 'hex'), '', p.birth_date, '{record}', '',
       now() + interval '60 days', now() + interval '20 days'
FROM identity.patient p WHERE hashtext(p.id::text) % 5 = 0 AND p.id <> :patient;
INSERT INTO identity.delegation_offer_answer (offer_id, patient_id, answer)
SELECT id, patient_id, 'declined' FROM identity.delegation_offer WHERE identifier_system = 'urn:bench'
"""

# What many answered who were asked for a consent.
CONSENTS = """
INSERT INTO identity.consent (id, patient_id, purpose, decision, text_version)
SELECT uuidv7(), p.id, purpose, 'permit', 1 FROM identity.patient p, unnest(ARRAY['research', 'sharing']) AS purpose
WHERE p.id = :patient OR hashtext(p.id::text) % 20 = 0
"""
# Many have closed their record to a clinic, and every second opened it again.
CLOSURES = """
INSERT INTO identity.closure (id, patient_id, facility_id)
SELECT uuidv7(), p.id, place.id FROM identity.patient p, (SELECT id FROM identity.facility LIMIT 1) AS place
WHERE p.id = :patient OR hashtext(p.id::text) % 20 = 0;
INSERT INTO identity.closure_lift (closure_id, patient_id)
SELECT id, patient_id FROM identity.closure WHERE hashtext(id::text) % 2 = 0;
INSERT INTO identity.closed_care (closure_id, patient_id, facility_id, basis, began_at, ends_at)
SELECT id, patient_id, facility_id, 'import', now() - interval '1 day', 'infinity' FROM identity.closure
"""

# Many have hidden entries, and shown every second of them again; the patient as well.
HIDINGS = """
INSERT INTO emr.hiding (id, patient_id, entry_id)
SELECT uuidv7(), patient_id, id FROM emr.entry
WHERE hashtext(id::text) % CASE WHEN patient_id = :patient THEN 2 ELSE 100 END = 0;
INSERT INTO emr.hiding_lift (hiding_id, patient_id)
SELECT id, patient_id FROM emr.hiding WHERE hashtext(id::text) % 2 = 0
"""


def _offer(region: LargeRegion, patient_id: str) -> object:
    """What somebody offers the patient."""
    asked = {"patient": patient_id}
    with region.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(OFFERS), asked)
        connection.execute(text(CONSENTS), asked)
        connection.execute(text(CLOSURES), asked)
        connection.execute(text(HIDINGS), asked)
        one = (
            "SELECT o.id FROM identity.delegation_offer o JOIN identity.patient_identifier i "
            "ON i.value_digest = o.identifier_digest WHERE i.patient_id = :patient LIMIT 1"
        )
        offer_id = connection.execute(text(one), asked).scalar_one()
        connection.execute(
            text(
                "ANALYZE identity.delegation_offer, identity.delegation_offer_answer, identity.consent, "
                "identity.closure, identity.closure_lift, identity.closed_care, emr.hiding, emr.hiding_lift"
            )
        )
    return offer_id


# Everybody has shown something to somebody who has looked, and the patient shows entries and a study.
SHARE_OF_ENTRIES, SHARE_OF_STUDY = "a-link-to-entries", "a-link-to-a-study"
SHARES = """
INSERT INTO identity.share (id, patient_id, for_whom, kinds, link_digest, code_digest, most_openings, ends_at)
SELECT p.id, p.id, 'A doctor', '{note}', uuid_send(p.id), '', 3, now() + interval '7 days' FROM identity.patient p;
INSERT INTO identity.share_end (share_id, patient_id) SELECT id, patient_id FROM identity.share;
INSERT INTO identity.share (id, patient_id, for_whom, kinds, study_uid, link_digest, code_digest, most_openings, ends_at)
VALUES (uuidv7(), :patient, 'A doctor', :kinds, '', sha256(convert_to(:of_entries, 'UTF8')), '', 3, now() + interval '7 days'),
       (uuidv7(), :patient, 'A doctor', '{}', :study, sha256(convert_to(:of_study, 'UTF8')), '', 3, now() + interval '7 days');
INSERT INTO identity.share_opening (id, share_id, patient_id, token_sha256, opener_name, opener_workplace, expires_at)
SELECT id, id, patient_id, link_digest, 'Somebody', 'Elsewhere', now() + interval '1 hour' FROM identity.share;
INSERT INTO identity.share_opening_end (opening_id, patient_id) SELECT id, patient_id FROM identity.share_opening
WHERE id = patient_id;
INSERT INTO identity.share_try (id, link_digest) SELECT id, link_digest FROM identity.share
"""


def let_outsiders_look(region: LargeRegion, patient_id: str, study_uid: str) -> None:
    values = {
        "patient": patient_id,
        "kinds": [each.value for each in SHOWN_KINDS],
        "study": study_uid,
        "of_entries": SHARE_OF_ENTRIES,
        "of_study": SHARE_OF_STUDY,
    }
    with region.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(SHARES), values)
        connection.execute(text("ANALYZE identity.share, identity.share_end, identity.share_opening"))
        connection.execute(text("ANALYZE identity.share_opening_end, identity.share_try"))


# What a letter says stands in an entry of its own, to which the letter leads.
DOCUMENT = """
WITH made AS (
    INSERT INTO emr.entry (id, patient_id, kind, created_at)
    VALUES (:id, :patient, :kind, now())
), written AS (
    INSERT INTO emr.entry_version (entry_id, number, patient_id, content, content_sha256, previous_sha256, author_role,
                                   effective_at, recorded_at, reason)
    VALUES (:id, 1, :patient, CAST(:content AS jsonb), '', '', 'source', now(), now(), '')
), signed AS (
    INSERT INTO emr.signature (id, entry_id, number, patient_id, meaning, method, signed_sha256, signed_at)
    VALUES (uuidv7(), :id, 1, :patient, 'source', 'import', '', now())
)
INSERT INTO emr.entry_summary (entry_id, patient_id, kind, effective_at, number, facts)
VALUES (:id, :patient, :kind, now(), 1, '{}')
"""


def _with_document(connection: Connection, patient_id: str) -> UUID:
    """A letter in the patient's record whose bytes stand in another entry."""
    letter, body = new_id(), new_id()
    attached = {"attachment": {"url": f"Binary/{body}"}}
    for entry_id, kind, content in [
        (body, "administrative", {"resourceType": "Binary", "contentType": "text/plain", "data": "SDc="}),
        (
            letter,
            "document",
            {"resourceType": "DocumentReference", "status": "current", "content": [attached]},
        ),
    ]:
        values = {
            "id": entry_id,
            "patient": patient_id,
            "kind": kind,
            "content": json.dumps({**content, "id": str(entry_id)}),
        }
        connection.execute(text(DOCUMENT), values)
    return letter
