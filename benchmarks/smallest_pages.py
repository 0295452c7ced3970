"""The floors of the pages: for each the smallest Flask route that reads the same rows with one query and prints them."""

import os
import threading

import psycopg2
from flask import Flask, render_template_string

QUEUE = """
SELECT r.id, r.number, p.family_name, p.given_name, p.birth_date, s.name_ru, f.name_ru, r.priority, r.state, r.submitted_at,
       r.due_on, slot.starts_at, extract(epoch FROM now() - r.submitted_at) / extract(epoch FROM r.due_at - r.submitted_at)
FROM dispatch.referral r
JOIN identity.patient p ON p.id = r.patient_id
JOIN dispatch.service s ON s.code = r.service_code
JOIN identity.facility f ON f.id = r.from_facility_id
LEFT JOIN dispatch.slot_occupancy o ON o.referral_id = r.id
LEFT JOIN dispatch.slot slot ON slot.id = o.slot_id
WHERE r.state IN ('submitted', 'booked', 'no_show')
ORDER BY r.priority <> 'emergency', 13 DESC, r.id LIMIT 50
"""
REFERRAL = """
SELECT r.number, r.reason, r.diagnosis_code, r.priority, r.submitted_at, r.due_on, p.family_name, p.given_name, p.birth_date,
       s.name_ru, t.basis_ru, place.name_ru, place.settlement_ru, free.id, free.resource_ru, free.starts_at, free.ends_at
FROM dispatch.referral r
JOIN identity.patient p ON p.id = r.patient_id
JOIN dispatch.service s ON s.code = r.service_code
JOIN dispatch.waiting_term t ON t.id = r.waiting_term_id
CROSS JOIN identity.facility place
CROSS JOIN LATERAL (
    SELECT * FROM dispatch.slot
    WHERE service_code = r.service_code AND facility_id = place.id AND NOT taken AND starts_at > now()
    ORDER BY starts_at LIMIT 3) free
WHERE r.id = %s ORDER BY free.starts_at LIMIT 24
"""
HOME = """
SELECT 'referral', r.id, r.due_at, s.name_ru FROM dispatch.referral r JOIN dispatch.service s ON s.code = r.service_code
WHERE r.patient_id = %(patient)s
UNION ALL
(SELECT 'news', n.object_id, n.happened_at, e.facts ->> 'headline' FROM portal.notice n
 JOIN emr.entry_summary e ON e.entry_id = n.object_id
 WHERE n.patient_id = %(patient)s AND n.happened_at > now() - interval '30 days' ORDER BY n.happened_at DESC LIMIT 200)
UNION ALL
SELECT 'known', entry_id, effective_at, facts ->> 'headline' FROM emr.entry_summary
WHERE patient_id = %(patient)s AND kind IN ('allergy')
"""
RECORD = """
SELECT entry_id, effective_at, kind, facts FROM emr.entry_summary
WHERE patient_id = %s ORDER BY effective_at DESC, entry_id DESC LIMIT 25
"""
CHART = """
SELECT 'patient', id, now(), to_jsonb(family_name) FROM identity.patient WHERE id = %(patient)s
UNION ALL
SELECT 'referral', r.id, r.submitted_at, to_jsonb(s.name_ru)
FROM dispatch.referral r JOIN dispatch.service s ON s.code = r.service_code WHERE r.patient_id = %(patient)s
UNION ALL
SELECT 'study', id, arrived_at, to_jsonb(description) FROM archive.study WHERE patient_id = %(patient)s
UNION ALL
SELECT kind, entry_id, effective_at, facts FROM emr.entry_summary
WHERE patient_id = %(patient)s AND kind IN ('allergy', 'diagnosis', 'medicine', 'vital')
UNION ALL
(SELECT kind, entry_id, effective_at, facts FROM emr.entry_summary
 WHERE patient_id = %(patient)s ORDER BY effective_at DESC, entry_id DESC LIMIT 15)
"""
ACCESS = """
SELECT a.at, a.act, a.reason, a.role, m.family_name, m.given_name, m.position_ru, f.name_ru, e.facts
FROM foundation.audit_event a
LEFT JOIN identity.staff_member m ON m.id = a.staff_id
LEFT JOIN identity.facility f ON f.id = a.facility_id
LEFT JOIN emr.entry_summary e ON e.entry_id = a.object_id
WHERE a.patient_id = %s AND a.actor_kind <> 'citizen' ORDER BY a.id DESC LIMIT 200
"""
QUERIES = {
    "queue": QUEUE,
    "referral": REFERRAL,
    "home": HOME,
    "record": RECORD,
    "chart": CHART,
    "access": ACCESS,
}
PAGE = """<!doctype html>
<html lang="ru"><head><meta charset="utf-8"><title>Page</title></head><body><table>
{% for row in rows %}<tr>{% for value in row %}<td>{{ value }}</td>{% endfor %}</tr>
{% endfor %}
</table></body></html>"""


def create_app() -> Flask:
    app = Flask(__name__)
    app.jinja_env.auto_reload = False
    kept = threading.local()

    @app.get("/<page>/<about>")
    def show(page: str, about: str) -> str:
        if not hasattr(kept, "connection"):
            kept.connection = psycopg2.connect(os.environ["DATABASE_URL"])
            kept.connection.autocommit = True
        query = QUERIES[page]
        with kept.connection.cursor() as cursor:
            cursor.execute(
                query, {"patient": about} if "%(patient)s" in query else (about,) if "%s" in query else ()
            )
            rows = cursor.fetchall()
        return render_template_string(PAGE, rows=rows)

    return app
