"""A version that tells the lines of the records otherwise draws them anew, and no operator has to remember it."""

import json
import shutil

import pytest
from sqlalchemy import delete, text

from emr.summaries.actions import note_drawn, rebuild_outdated
from emr.summaries.rules.drawing import DRAWN_BY, DRAWN_FROM, HOUSE, drawing_digest
from emr.summaries.tables import DrawingRules
from tests.emr.fhir_import.factories import imported_patient, observation, person_with

OLD_LINE = text("UPDATE emr.entry_summary SET facts = CAST(:facts AS jsonb) WHERE patient_id = :patient")
LINES = text("SELECT facts ->> 'code' FROM emr.entry_summary WHERE patient_id = :patient AND kind = 'result'")


@pytest.fixture
def measured(as_loader, people):
    value = person_with(observation)
    return imported_patient(as_loader, value, facility_id=people.doctor().facility_id)


def test_lines_that_other_rules_drew_are_drawn_anew_and_only_those(as_loader, measured):
    with as_loader() as session:
        session.execute(OLD_LINE, {"facts": json.dumps({"code": "of old"}), "patient": measured})
        note_drawn(session)
        assert rebuild_outdated(session) == ""
        assert session.scalars(LINES, {"patient": measured}).all() == ["of old"]

        session.execute(delete(DrawingRules))
        session.add(DrawingRules(digest="of another version"))
        session.flush()
        done = rebuild_outdated(session)

        assert done.startswith("Lines of the records drawn anew: ")
        assert session.scalars(LINES, {"patient": measured}).all() == ["718-7"]
        assert session.scalar(text(DRAWN_BY)) == drawing_digest()
        assert rebuild_outdated(session) == ""


@pytest.mark.parametrize(
    "changed",
    [
        "emr/summaries/rules/standing.py",
        "emr/terminology/rules/glossary.tsv",
        "emr/content/rules/fhir_dates.py",
        "foundation/language/dates.py",
        "translations/emr/ru/LC_MESSAGES/messages.po",
    ],
)
def test_whatever_a_line_is_drawn_from_makes_the_rules_other_ones(tmp_path, changed):
    for folder in DRAWN_FROM:
        shutil.copytree(HOUSE / folder, tmp_path / folder)
    before = drawing_digest(tmp_path)

    with (tmp_path / changed).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    drawing_digest.cache_clear()

    assert before == drawing_digest(HOUSE)
    assert drawing_digest(tmp_path) != before
