"""Who is told of otherwise than we know them, or with less than the register asks for, waits for a person to decide."""

import json
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from emr.exports.queries import record_in_fhir
from emr.fhir_import.actions import deciding
from emr.fhir_import.actions.bundles import import_bundle
from emr.fhir_import.actions.conflicts import Decided
from emr.fhir_import.enumerations import ConflictDecision
from emr.fhir_import.tables import ImportConflict, ImportConflictDecision
from emr.fhir_import.validation.bundles import read_bundle
from emr.timeline.queries.timeline import timeline_of
from foundation.postgres.roles import WEB, WORKER
from identity.patients.queries.patients import known_patient, patient_card
from tests.emr.fhir_import.factories import as_bytes, bundle, entry, line_of, observation, patient_resource

CLINIC = "https://clinic.example/ids"


@pytest.fixture
def take(run, tmp_path):
    """Hands one bundle to the command: how it ended, and its account."""

    def taken(value, *options):
        file = tmp_path / f"{uuid4().hex}.json"
        file.write_bytes(as_bytes(value))
        result = run("import-fhir", *options, file)
        return result.exit_code, line_of(result)

    return taken


@pytest.fixture
def conflicts_of(run):
    """What list-conflicts tells of a patient."""

    def told(patient_id):
        lines = [json.loads(line) for line in run("list-conflicts").stdout.splitlines()]
        assert lines[-1]["open"] == len(lines) - 1
        return [each for each in lines[:-1] if each["patient_id"] == str(patient_id)]

    return told


@pytest.fixture
def register(as_loader):
    """The card of whom this number of the clinic belongs to."""

    def card(number):
        with as_loader() as session:
            patient_id = known_patient(session, system=CLINIC, value=number)
            return patient_card(session, patient_id) if patient_id else None

    return card


def lines_of(as_loader, patient_id):
    with as_loader() as session:
        return [line.headline.en for line in timeline_of(session, patient_id).lines]


def sent(number, *makers, kind="transaction", **changes):
    """A person of the clinic with this number, and what is told of them."""
    who = f"urn:uuid:{uuid4()}"
    return bundle(
        entry(patient_resource(number, **changes), who), *(entry(make(who)) for make in makers), kind=kind
    )


UNKNOWN_BIRTH = {"birthDate": None, "_birthDate": {"extension": [
    {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}}  # fmt: skip


def without_nothing(made):
    resource = made["entry"][0]["resource"]
    made["entry"][0]["resource"] = {name: value for name, value in resource.items() if value is not None}
    return made


@pytest.mark.parametrize(
    ("changes", "name", "birth"),
    [
        ({"birthDate": "1961"}, "Ivanova Anna", "1961"),
        ({"birthDate": "1961-05"}, "Ivanova Anna", "1961-05"),
        (UNKNOWN_BIRTH, "Ivanova Anna", ""),
        ({"name": [{"given": ["Jane"]}]}, "Jane", "1960-05-03"),
        ({"name": None}, "N. N.", "1960-05-03"),
        ({"name": None, **UNKNOWN_BIRTH, "gender": None}, "N. N.", ""),
    ],
)
def test_of_whom_little_is_known_is_taken_in_as_provisional_and_waits_to_be_confirmed(
    take, register, conflicts_of, changes, name, birth
):
    number = str(uuid4())

    code, account = take(without_nothing(sent(number, observation, **changes)))

    card = register(number)
    assert (code, account["stored"]) == (0, {"Observation": 1, "Patient": 1})
    assert (str(card.full_name), str(card.birth), card.provisional) == (name, birth, True)
    [waiting] = conflicts_of(card.id)
    assert (waiting["kind"], waiting["known"]["birth"]) == ("provisional", birth)


@pytest.mark.parametrize(
    ("newest", "birth", "provisional"),
    [
        ({"name": [{"given": ["Jane"]}]}, "1960-05-03", True),
        ({"name": None}, "1960-05-03", True),
        (UNKNOWN_BIRTH, "1960-05-03", False),
        ({"birthDate": "1960"}, "1960-05-03", False),
        ({"birthDate": "1960-07"}, "1960-07", True),
    ],
)
def test_whose_newest_version_tells_less_waits_to_be_confirmed_and_keeps_the_day_of_birth(
    take, run, register, conflicts_of, newest, birth, provisional
):
    number = str(uuid4())
    made = without_nothing(sent(number, kind="history", **newest))
    made["entry"].append({**made["entry"][0], "resource": patient_resource(number)})

    code, account = take(made)

    card = register(number)
    assert (code, account["refused"]) == (0, [])
    assert (str(card.birth), card.provisional) == (birth, provisional)
    waiting = conflicts_of(card.id)
    assert [each["kind"] for each in waiting] == ["provisional"] * provisional
    for each in waiting:
        run("decide-conflict", each["conflict"], "accepted", "--reason", "passport seen", "--name", "A B")
    assert (register(number).provisional, conflicts_of(card.id)) == (False, [])


def test_whose_later_version_tells_everything_is_asked_about_no_more(take, register, conflicts_of, as_loader):
    number = str(uuid4())
    made = sent(number, kind="history")
    first = {**patient_resource(number), "birthDate": "1960"}
    made["entry"].append({**made["entry"][0], "resource": first})

    code, account = take(made)

    card = register(number)
    assert (code, account["refused"]) == (0, [])
    assert (str(card.birth), card.provisional) == ("1960-05-03", False)
    assert conflicts_of(card.id) == []
    with as_loader() as session:
        [answer] = session.scalars(
            select(ImportConflictDecision).where(ImportConflictDecision.patient_id == card.id)
        )
    assert (answer.decision, answer.decided_by) == (ConflictDecision.ACCEPTED, "import-fhir")


def test_whoever_is_confirmed_by_another_decision_is_asked_about_no_more(take, run, register, conflicts_of):
    number = str(uuid4())
    take(sent(number, birthDate="1960"))
    take(sent(number, birthDate="1961-05-03"))
    card = register(number)
    kinds = {each["kind"]: each["conflict"] for each in conflicts_of(card.id)}
    assert kinds.keys() == {"provisional", "birth_date"}

    run("decide-conflict", kinds["birth_date"], "accepted", "--reason", "passport seen")

    assert (register(number).provisional, conflicts_of(card.id)) == (False, [])


def test_who_is_known_well_is_not_provisional(take, register, conflicts_of):
    number = str(uuid4())
    take(sent(number))

    assert not register(number).provisional
    assert conflicts_of(register(number).id) == []


@pytest.mark.parametrize(
    "name", ["07_given_only", "07_no_name", "07_birthdate_absent_reason", "07_partial_birthdate", "07_name_text_only"]
)  # fmt: skip
def test_the_people_of_others_are_taken_in(run, shared_cases, name):
    result = run("import-fhir", shared_cases / "fhir-input-kinds" / f"{name}.json")

    account = line_of(result)
    assert (result.exit_code, account["refused"]) == (0, [])
    assert account["stored"] | account["unchanged"] == {"Patient": 1}


def test_a_provisional_patient_is_shown_as_such_and_given_on_with_what_is_known(
    take, register, desk, doctor, as_actor, as_loader
):
    number = str(uuid4())
    made = without_nothing(sent(number, observation, name=None, **UNKNOWN_BIRTH))
    with as_loader() as session:
        import_bundle(session, read_bundle(as_bytes(made), source="urn:x"), facility_id=doctor.facility_id)
    patient_id = register(number).id

    chart = desk.get(f"/emr/patients/{patient_id}").text

    assert "N. N." in chart
    assert "provisional: who this is has not been confirmed" in chart
    assert "birth date unknown ·" in chart
    assert "1850" not in chart
    with as_actor(doctor.actor) as session:
        [person] = [each for each in record_in_fhir(session, patient_id) if each["resourceType"] == "Patient"]
    assert "name" not in person
    assert person.get("birthDate") is None


def test_a_provisional_patient_is_confirmed_as_a_person_says(take, run, register, conflicts_of):
    number = str(uuid4())
    take(without_nothing(sent(number, name=None, **UNKNOWN_BIRTH)))
    [waiting] = conflicts_of(register(number).id)

    result = run(
        "decide-conflict", waiting["conflict"], "accepted", "--reason", "passport seen", "--by", "Petrov",
        "--name", "Сидорова Мария Ивановна", "--birth", "1961-05-03",
    )  # fmt: skip

    card = register(number)
    assert result.exit_code == 0
    assert (card.family_name, card.given_name, card.middle_name) == ("Сидорова", "Мария", "Ивановна")
    assert (str(card.birth), card.provisional) == ("1961-05-03", False)
    assert conflicts_of(card.id) == []


def test_a_provisional_patient_cannot_be_rejected(take, run, register, conflicts_of):
    number = str(uuid4())
    take(sent(number, birthDate="1961"))
    [waiting] = conflicts_of(register(number).id)

    result = run("decide-conflict", waiting["conflict"], "rejected", "--reason", "who is that")

    assert result.exit_code == 2
    assert "can only be confirmed" in result.stderr
    assert conflicts_of(register(number).id) == [waiting]


@pytest.mark.parametrize(
    ("changes", "kind", "where"),
    [
        ({"birthDate": "1961-05-03"}, "birth_date", "birthDate"),
        ({"name": [{"family": "Petrova", "given": ["Olga"]}]}, "name", "name"),
    ],
)
@pytest.mark.parametrize("bundle_kind", ["transaction", "batch"])
def test_what_is_told_otherwise_waits_and_nothing_of_it_is_stored(
    take, register, conflicts_of, as_loader, changes, kind, where, bundle_kind
):
    number = str(uuid4())
    take(sent(number))
    before = register(number)

    code, account = take(sent(number, observation, kind=bundle_kind, **changes))

    assert (code, account["stored"]) == (1, {})
    assert account["refused"][0]["where"] == f"Bundle.entry[0].resource.{where}"
    assert "waits for a person to decide" in account["refused"][0]["why"]
    assert register(number) == before
    assert lines_of(as_loader, before.id) == []
    [waiting] = conflicts_of(before.id)
    assert (waiting["kind"], waiting["resources"]) == (kind, 2)


def test_beside_one_who_waits_the_others_of_a_batch_are_taken(take, register, conflicts_of, as_loader):
    first, second = str(uuid4()), str(uuid4())
    take(sent(first))
    corrected = sent(first, observation, birthDate="1961-05-03")
    made = sent(second, observation, kind="batch")
    made["entry"] += corrected["entry"]

    code, account = take(made)

    assert (code, account["stored"]) == (3, {"Observation": 1, "Patient": 1})
    assert [each["where"] for each in account["refused"]] == [
        "Bundle.entry[2].resource.birthDate",
        "Bundle.entry[3].resource",
    ]
    [waiting] = conflicts_of(register(first).id)
    assert waiting["resources"] == 2
    assert conflicts_of(register(second).id) == []


def test_the_same_again_waits_once(take, register, conflicts_of):
    number = str(uuid4())
    take(sent(number))
    corrected = sent(number, observation, birthDate="1961-05-03")

    take(corrected)
    take(corrected)

    assert len(conflicts_of(register(number).id)) == 1


def test_who_differs_in_everything_is_somebody_else_and_refused(take, register, conflicts_of):
    number = str(uuid4())
    take(sent(number))

    code, account = take(
        sent(number, birthDate="1999-09-09", name=[{"family": "Petrova", "given": ["Olga"]}])
    )

    assert code == 1
    assert "and the name differ" in account["refused"][0]["why"]
    assert conflicts_of(register(number).id) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"birthDate": "1961-05-03"}, ("Ivanova", "1961-05-03")),
        ({"name": [{"family": "Petrova", "given": ["Olga"]}]}, ("Petrova", "1960-05-03")),
    ],
)
def test_what_is_accepted_is_taken_up_with_all_that_waited(
    take, run, register, conflicts_of, as_loader, changes, expected
):
    number = str(uuid4())
    take(sent(number))
    take(sent(number, observation, **changes))
    [waiting] = conflicts_of(register(number).id)

    result = run("decide-conflict", waiting["conflict"], "accepted", "--reason", "a slip at admission")

    assert result.exit_code == 0
    assert line_of(result)["stored"] == {"Observation": 1, "Patient": 1}
    card = register(number)
    assert (card.family_name, str(card.birth)) == expected
    assert lines_of(as_loader, card.id) == ["Haemoglobin"]
    assert conflicts_of(card.id) == []


def test_what_is_rejected_is_never_stored_and_not_asked_again(take, run, register, conflicts_of, as_loader):
    number = str(uuid4())
    take(sent(number))
    corrected = sent(number, observation, birthDate="1961-05-03")
    take(corrected)
    [waiting] = conflicts_of(register(number).id)

    result = run("decide-conflict", waiting["conflict"], "rejected", "--reason", "a typing error there")
    code, _ = take(corrected)

    assert (result.exit_code, code) == (0, 1)
    assert str(register(number).birth) == "1960-05-03"
    assert lines_of(as_loader, register(number).id) == []
    assert conflicts_of(register(number).id) == []


def test_a_decision_has_a_reason_and_a_name_and_stands_in_the_access_log(
    take, run, register, conflicts_of, as_loader, as_administrator
):
    number = str(uuid4())
    take(sent(number))
    take(sent(number, birthDate="1961-05-03"))
    card = register(number)
    [waiting] = conflicts_of(card.id)

    silent = run("decide-conflict", waiting["conflict"], "accepted", "--reason", " ")
    run("decide-conflict", waiting["conflict"], "accepted", "--reason", "passport seen", "--by", "Petrov")
    twice = run("decide-conflict", waiting["conflict"], "rejected", "--reason", "second thoughts")

    assert (silent.exit_code, twice.exit_code) == (2, 2)
    assert "decided already" in twice.stderr
    with as_loader() as session:
        [decision] = session.scalars(
            select(ImportConflictDecision).where(ImportConflictDecision.patient_id == card.id)
        )
    assert (decision.decision, decision.reason, decision.decided_by) == (
        "accepted",
        "passport seen",
        "Petrov",
    )
    with as_administrator() as connection:
        acts = connection.execute(
            text("SELECT act FROM foundation.audit_event WHERE patient_id = :id"), {"id": card.id}
        ).scalars()
    assert {"patient.conflict_raised", "patient.conflict_listed", "patient.conflict_decided",
            "patient.confirmed"} <= set(acts)  # fmt: skip


def test_of_two_who_decide_at_once_the_second_is_told(
    take, run, register, conflicts_of, as_loader, monkeypatch
):
    number = str(uuid4())
    take(sent(number))
    take(sent(number, birthDate="1961-05-03"))
    card = register(number)
    [waiting] = conflicts_of(card.id)
    whole, raced = deciding.undecided_conflict, []

    def overtaken(session, conflict_id):
        """Between looking and deciding somebody else decides."""
        found = whole(session, conflict_id)
        if not raced:
            raced.append(conflict_id)
            with as_loader() as other:
                said = Decided(ConflictDecision.REJECTED, reason="a slip", by="Petrov")
                deciding.decide_conflict(other, conflict_id, said)
        return found

    monkeypatch.setattr(deciding, "undecided_conflict", overtaken)

    result = run("decide-conflict", waiting["conflict"], "accepted", "--reason", "passport seen")

    assert result.exit_code == 2
    assert "This conflict is decided already." in result.stderr
    assert register(number) == card


def test_a_decision_tells_what_was_known_already_apart(take, run, register, conflicts_of):
    number = str(uuid4())
    made = sent(number, observation)
    take(made)
    made["entry"][0]["resource"]["birthDate"] = "1961-05-03"
    take(made)
    [waiting] = conflicts_of(register(number).id)

    result = run("decide-conflict", waiting["conflict"], "accepted", "--reason", "passport seen")

    told = line_of(result)
    assert (result.exit_code, told["stored"], told["unchanged"]) == (0, {"Patient": 1}, {"Observation": 1})


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Мамедов Али Гусейн оглы", ("Мамедов", "Али", "Гусейн оглы")),
        ("  Ким   Ирина  ", ("Ким", "Ирина", "")),
    ],
)
def test_no_word_of_a_name_is_dropped(take, run, register, conflicts_of, written, name):
    number = str(uuid4())
    take(without_nothing(sent(number, name=None)))
    [waiting] = conflicts_of(register(number).id)

    run("decide-conflict", waiting["conflict"], "accepted", "--reason", "passport seen", "--name", written)

    card = register(number)
    assert (card.family_name, card.given_name, card.middle_name) == name


def test_a_decision_that_cannot_be_carried_out_leaves_all_as_it_was(take, run, register, conflicts_of):
    number = str(uuid4())
    take(sent(number))
    nowhere = "urn:uuid:00000000-0000-4000-8000-000000000000"
    take(sent(number, lambda who: observation(who, encounter={"reference": nowhere}), birthDate="1961-05-03"))
    card = register(number)
    [waiting] = conflicts_of(card.id)

    result = run("decide-conflict", waiting["conflict"], "accepted", "--reason", "passport seen")

    assert result.exit_code == 1
    assert line_of(result)["refused"][0]["where"].endswith("encounter.reference")
    assert register(number) == card
    assert conflicts_of(card.id) == [waiting]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["decide-conflict", "00000000-0000-4000-8000-000000000000", "accepted", "--reason", "x"], "no such conflict"),
        (["decide-conflict", "00000000-0000-4000-8000-000000000000", "accepted", "--reason", "x", "--birth", "61"],
         "must be written as"),
        (["decide-conflict", "seventeen", "accepted", "--reason", "x"], "not a valid UUID"),
        (["decide-conflict", "00000000-0000-4000-8000-000000000000", "maybe", "--reason", "x"], "maybe"),
    ],
)  # fmt: skip
def test_a_decision_that_makes_no_sense_is_told_so(run, words, sentence):
    result = run(*words)

    assert result.exit_code == 2
    assert sentence in result.stderr


@pytest.mark.parametrize(
    ("role", "asked"),
    [
        (WORKER, "SELECT 1 FROM emr.import_conflict"),
        (WORKER, "SELECT 1 FROM emr.import_conflict_decision"),
        (WEB, "SELECT held FROM emr.import_conflict"),
        (WEB, "SELECT reason, decided_by FROM emr.import_conflict_decision"),
    ],
)
def test_of_what_waits_nobody_but_loaders_sees_anything(engines, role, asked):
    with engines[role].connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
        connection.execute(text(asked))


def test_what_was_decided_is_never_changed(take, register, as_loader):
    number = str(uuid4())
    take(sent(number))
    take(sent(number, birthDate="1961-05-03"))

    with pytest.raises(DBAPIError, match="permission denied"), as_loader() as session:
        session.execute(
            text("UPDATE emr.import_conflict SET kind = 'name' WHERE patient_id = :patient"),
            {"patient": register(number).id},
        )
    with as_loader() as session:
        [kind] = session.scalars(
            select(ImportConflict.kind).where(ImportConflict.patient_id == register(number).id)
        )
    assert kind == "birth_date"


@pytest.mark.parametrize(
    ("kind", "expected", "stored"), [("transaction", 1, {}), ("batch", 3, {"Patient": 1})]
)
def test_two_people_of_one_bundle_under_one_number_are_not_one_and_nobody_waits(
    take, register, conflicts_of, kind, expected, stored
):
    number = str(uuid4())
    made = sent(number, kind=kind)
    made["entry"] += sent(number, birthDate="1961-05-03")["entry"]

    code, account = take(made)

    assert (code, account["stored"]) == (expected, stored)
    assert "another resource tells of the same patient" in account["refused"][0]["why"]
    assert register(number) is None or conflicts_of(register(number).id) == []
