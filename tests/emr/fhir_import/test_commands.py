"""The commands: what they print, and how they end."""

import pytest
from sqlalchemy import text

from tests.emr.fhir_import.factories import as_bytes, entry, line_of, observation, person_with


def test_the_closing_line_accounts_for_everything(run, tmp_path):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(as_bytes(person_with(observation, observation)))
    bad.write_bytes(as_bytes(person_with(lambda who: observation(who, status="nonsense"))))

    first, second = run("import-fhir", tmp_path), run("import-fhir", tmp_path / "*.json")

    assert (first.exit_code, second.exit_code) == (3, 3)
    account = line_of(first)
    assert account["bundles"] == 2
    assert account["resources"] == 5
    assert account["stored"] == {"Observation": 2, "Patient": 1}
    [refusal] = account["refused"]
    assert refusal["file"] == str(bad)
    assert refusal["where"] == "Bundle.entry[1].resource.status"
    assert line_of(second)["unchanged"] == {"Observation": 2, "Patient": 1}


def test_the_closing_line_tells_what_was_left_out_and_what_leads_nowhere(run, tmp_path):
    dead = "urn:uuid:0d5581a5-060b-503b-b1d2-48914051695f"
    letter = {
        "resourceType": "DocumentReference",
        "status": "current",
        "content": [{"attachment": {"url": dead}}],
    }
    made = person_with(lambda who: {**letter, "subject": {"reference": who}})
    made["entry"].append(entry({"resourceType": "Binary", "contentType": "text/plain", "data": "SDc="}))
    file = tmp_path / "letter.json"
    file.write_bytes(as_bytes(made))

    account = line_of(run("import-fhir", file))

    place = "Bundle.entry[1].resource.content[0].attachment.url"
    assert account["stored"] == {"DocumentReference": 1, "Patient": 1}
    assert account["resources"] == 3
    assert [(each["where"], each["resources"]) for each in account["refused"]] == [
        ("Bundle.entry[2].resource", 1)
    ]
    assert account["unresolved"] == {
        "count": 1,
        "first": [{"file": str(file), "where": place, "reference": dead}],
    }


def test_where_everything_is_refused_the_command_ends_with_1(run, tmp_path):
    (tmp_path / "bad.json").write_bytes(as_bytes({"resourceType": "Patient", "gender": "nonsense"}))

    result = run("import-fhir", tmp_path)

    assert result.exit_code == 1
    assert [each["where"] for each in line_of(result)["refused"]] == ["Patient.gender"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nowhere.json"], "There is no file or folder nowhere.json."),
        (["--facility", "XX-999", __file__], "There is no facility with the code XX-999."),
    ],
)
def test_a_command_that_cannot_run_says_why_and_ends_with_2(run, words, sentence):
    result = run("import-fhir", *words)

    assert result.exit_code == 2
    assert sentence in result.output
    assert "Traceback" not in result.output


def test_an_empty_folder_is_told(run, tmp_path):
    assert run("import-fhir", tmp_path).exit_code == 2


def test_the_summaries_are_rebuilt_and_the_record_is_verified(run, tmp_path):
    (tmp_path / "good.json").write_bytes(as_bytes(person_with(observation)))
    run("import-fhir", tmp_path)

    # In this order: other tests rename places after their lines were drawn.
    rebuilt, verified = run("rebuild-summaries"), run("verify-record")

    assert (rebuilt.exit_code, verified.exit_code) == (0, 0)
    assert line_of(verified)["broken"] == []
    assert line_of(rebuilt)["summaries"] >= 2


@pytest.fixture
def broken_version(engines, run, tmp_path):
    """A version whose content somebody above every grant and trigger has changed, until the test is over."""
    (tmp_path / "good.json").write_bytes(as_bytes(person_with(observation)))
    run("import-fhir", tmp_path)
    change = "UPDATE emr.entry_version SET content_sha256 = {} WHERE entry_id = :entry AND number = 1"

    def changed(to: str) -> None:
        with engines["owner"].begin() as connection:
            connection.execute(text("SET ROLE NONE"))
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(change.format(to)), {"entry": entry_id})

    with engines["owner"].begin() as connection:
        connection.execute(text("SET ROLE NONE"))
        entry_id = connection.scalar(text("SELECT entry_id FROM emr.entry_version ORDER BY 1 DESC LIMIT 1"))
    changed("'x' || content_sha256")
    yield str(entry_id)
    changed("substr(content_sha256, 2)")


def test_a_record_that_was_changed_behind_our_back_ends_the_check_with_1(run, broken_version):
    result = run("verify-record")

    assert result.exit_code == 1
    broken = [each for each in line_of(result)["broken"] if each["entry"] == broken_version]
    assert broken == [{"entry": broken_version, "number": 1, "why": "content"}]
