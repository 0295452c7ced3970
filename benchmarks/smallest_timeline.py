"""The floor for the timeline: the smallest Flask route that reads the same rows with one query and prints them with Jinja."""

import os
import threading

import psycopg2
from flask import Flask, render_template_string

QUERY = """
SELECT entry_id, kind, effective_at, facts FROM emr.entry_summary
WHERE patient_id = %s ORDER BY effective_at DESC, entry_id DESC LIMIT 25
"""
PAGE = """<!doctype html>
<html lang="ru"><head><meta charset="utf-8"><title>Timeline</title></head><body><ul>
{% for entry_id, kind, at, facts in rows %}
<li><a href="/my/timeline/{{ entry_id }}">{{ facts.headline[1] }}: {{ facts.value[1] }}</a>
{{ at.strftime("%d.%m.%Y %H:%M") }} {{ kind }} {{ facts.place[1] }} {{ facts.flag }}</li>
{% endfor %}
</ul></body></html>"""


def create_app() -> Flask:
    app = Flask(__name__)
    app.jinja_env.auto_reload = False
    kept = threading.local()

    @app.get("/<patient_id>")
    def show(patient_id: str) -> str:
        if not hasattr(kept, "connection"):
            kept.connection = psycopg2.connect(os.environ["DATABASE_URL"])
            kept.connection.autocommit = True
        with kept.connection.cursor() as cursor:
            cursor.execute(QUERY, (patient_id,))
            rows = cursor.fetchall()
        return render_template_string(PAGE, rows=rows)

    return app
