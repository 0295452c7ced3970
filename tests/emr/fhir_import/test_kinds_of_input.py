"""Whatever an integrator hands over is taken in, or refused alone: with its place, and called what it is."""

import copy
import gzip
import io
import json
import zipfile
from uuid import uuid4

import pytest

from emr.fhir_import.actions import parts
from emr.fhir_import.commands import importing
from emr.fhir_import.files import unpacking
from emr.fhir_import.validation import texts
from emr.fhir_import.validation.bundles import read_bundle
from emr.fhir_import.validation.refusals import BundleRefused
from emr.timeline.queries.timeline import timeline_of
from foundation.errors import Busy
from identity.patients.queries.patients import known_patient
from tests.emr.fhir_import.factories import (
    as_bytes,
    bundle,
    entry,
    line_of,
    observation,
    patient_resource,
    person_with,
)

KINDS = "fhir-input-kinds"
ALL_TAKEN = {"Observation": 1, "Patient": 1}


@pytest.fixture
def take(run, tmp_path):
    """Hands files of a folder of its own to the command; their sender is one whom nobody else uses."""
    sender = f"https://{uuid4().hex}.example"

    def taken(**files):
        folder = tmp_path / uuid4().hex
        folder.mkdir()
        for name, content in files.items():
            path = folder / name.replace("__", ".")
            path.write_bytes(content if isinstance(content, bytes) else as_bytes(content))
        result = run("import-fhir", "--source", sender, folder)
        return result.exit_code, line_of(result)

    return taken


def alone(*makers):
    """A patient and what is told of them, each without a bundle around it."""
    number = f"p-{uuid4().hex[:12]}"
    told = [make(f"Patient/{number}") for make in makers]
    return [patient_resource(id=number), *({**each, "id": f"r-{uuid4().hex[:12]}"} for each in told)]


def of_type(kind):
    made = person_with(observation) | {"type": kind}
    for each in made["entry"]:
        if kind not in ("transaction", "batch"):
            del each["request"]
    return made


def accounted(account):
    counts = {}
    for name in ("stored", "unchanged"):
        for resource_type, count in account[name].items():
            counts[resource_type] = counts.get(resource_type, 0) + count
    return counts


@pytest.mark.parametrize(
    "kind",
    ["transaction", "batch", "collection", "document", "message", "history", "searchset", "batch-response",
     "transaction-response"],
)  # fmt: skip
def test_bundles_of_every_type_are_taken(take, kind):
    made = of_type(kind)

    first, again = take(a__json=made), take(a__json=made)

    assert (first[0], first[1]["stored"]) == (0, ALL_TAKEN)
    assert (again[0], again[1]["stored"], again[1]["unchanged"]) == (0, {}, ALL_TAKEN)


@pytest.mark.parametrize(
    "name",
    ["02_batch", "02_collection", "02_history", "02_message", "02_searchset", "02_transaction", "04_bom",
     "05_1MB_string", "06_ref_absolute", "06_ref_circular", "06_ref_contained", "06_ref_relative", "06_ref_urn",
     "06_ref_versioned", "07_batch_get", "07_partial_date_obs", "07_unknown_ext", "07_with_operationoutcome",
     "07_with_parameters", "06_ref_dangling_performer", "05_precise_number", "10_rtl"],
)  # fmt: skip
def test_small_files_of_each_kind_are_taken(run, shared_cases, name):
    result = run("import-fhir", shared_cases / KINDS / f"{name}.json")

    account = line_of(result)
    assert (result.exit_code, account["refused"]) == (0, [])
    assert accounted(account)["Patient"] >= 1


@pytest.mark.parametrize(
    ("name", "where", "why"),
    [
        ("04_cp1251.json", "byte 135", "Windows-1251"),
        ("04_utf16.json", "file", "UTF-16"),
        ("05_deep.json", "character", "nested deeper"),
        ("05_dupkeys.json", "file", "twice in one object"),
        ("05_hugenumber.json", "file", "no measurement can have"),
        ("05_longnumber.json", "file", "no measurement can have"),
        ("06_contained_patient.json", "Bundle.entry[0].resource.subject.reference", "neither in this bundle"),
        ("07_bundle_no_type.json", "Bundle.type", "is missing"),
        ("07_missing_status.json", "Bundle.entry[1].resource.status", "is required"),
        ("07_status_null.json", "Bundle.entry[1].resource.issued", "is empty"),
        ("07_patch.json", "Bundle.entry[1].request.method", "must be POST or PUT"),
        ("07_transaction_delete.json", "Bundle.entry[2].request.method", "must be POST or PUT"),
        ("07_transaction_no_request.json", "Bundle.entry[0].request", "is required"),
        ("07_unknown_element.json", "Bundle.entry[1].resource.myField", "is not an element"),
        ("07_value_0_fraction_sec.json", "Bundle.entry[1].resource.effectiveDateTime", "no offset"),
        ("07_wrong_resourceType.json", "Bundle.entry[1].resource.resourceType", "is not a resource type"),
        ("07_modifier_ext.json", "Bundle.entry[1].resource.modifierExtension", "not understood"),
        ("08_med_statement_dstu2.json", "Bundle.entry[1].resource.resourceType", "DSTU2"),
        ("08_r4b.json", "Bundle.entry[1].resource.resourceType", "R4B"),
        ("08_r5.json", "Bundle.entry[1].resource.medication", "FHIR R5"),
        ("08_r5_encounter.json", "Bundle.entry[1].resource.class", "FHIR R5"),
        ("08_stu3.json", "Bundle.entry[1].resource.requester.agent", "FHIR STU3"),
        ("09_array.json", "file", "is not a JSON object"),
        ("09_cda.xml", "file", "CDA document"),
        ("09_empty.json", "file", "is empty"),
        ("09_hl7v2.hl7", "file", "HL7 v2 message"),
        ("09_trunc.json", "line 1, column 25", "is not JSON"),
        ("10_nul.json", "", "U+0000"),
        ("10_surrogate.json", "", "U+D800"),
    ],
)
def test_what_cannot_be_taken_is_called_what_it_is(run, shared_cases, name, where, why):
    result = run("import-fhir", shared_cases / KINDS / name)

    [refused] = line_of(result)["refused"]
    assert result.exit_code == 1
    assert refused["where"].startswith(where)
    assert why in refused["why"]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\0" * 128 + b"DICM" + b"\0" * 8, "DICOM"),
        (b"\xff\xd8\xff\xe0 JFIF", "JPEG"),
        (b"BZh91AY&SY", "bzip2"),
        ("{}".encode("utf-32"), "UTF-32"),
        ('{"resourceType": "Patient", "name": [{"family": "Сидорова"}]}'.encode("koi8-r"), "KOI8-R"),
        (b'<?xml version="1.0"?><!DOCTYPE p [<!ENTITY x "y">]><Patient xmlns="http://hl7.org/fhir"/>', "document type"),
        (b'<html xmlns="http://www.w3.org/1999/xhtml"/>', "is XML, but not FHIR"),
        (b'<PRPA_IN201301UV02 xmlns="urn:hl7-org:v3"/>', "HL7 v3 message"),
        (b'<Patient xmlns="http://hl7.org/fhir">Anna</Patient>', "text outside of any value"),
        (b'<Patient xmlns="http://hl7.org/fhir">' + b"<contact>" * 100, "nested deeper"),
    ],
)  # fmt: skip
def test_what_is_no_fhir_is_named(raw, why):
    with pytest.raises(BundleRefused, match=why):
        read_bundle(raw, source="urn:x")


def test_a_resource_alone_is_taken_whatever_the_order_of_the_files(take):
    who, measured = alone(observation)

    code, account = take(a__json=measured, b__json=who)

    assert (code, account["stored"]) == (0, ALL_TAKEN)


def test_who_was_told_of_before_they_came_is_known_in_the_end(run, tmp_path):
    who, measured = alone(observation)
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    first.write_bytes(as_bytes(measured))
    second.write_bytes(as_bytes(who))

    result = run("import-fhir", "--source", f"urn:x:{uuid4()}", first, second)

    assert (result.exit_code, line_of(result)["stored"]) == (0, ALL_TAKEN)


def test_xml_says_the_same_as_json(take, as_loader):
    code, account = take(a__xml=PATIENT_IN_XML.encode())

    assert (code, account["stored"]) == (0, {"Patient": 1})
    [read] = read_bundle(PATIENT_IN_XML.encode(), source="urn:x").resources
    assert read.resource == {
        "resourceType": "Patient",
        "id": "x1",
        "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>Anna &amp; <b>co</b></p></div>'},
        "contained": [{"resourceType": "Organization", "id": "o1", "name": "Clinic"}],
        "extension": [{"url": "http://x.example/e", "valueDecimal": read.resource["extension"][0]["valueDecimal"]}],
        "active": True,
        "name": [{"family": "Ivanova", "given": ["Anna", None], "_given": [None, {"id": "g2"}]}],
        "gender": "female",
        "birthDate": "1960-05-03",
        "multipleBirthInteger": 2,
        "managingOrganization": {"reference": "#o1"},
    }  # fmt: skip
    assert str(read.resource["extension"][0]["valueDecimal"]) == "1.10"


PATIENT_IN_XML = """<?xml version="1.0" encoding="UTF-8"?>
<Patient xmlns="http://hl7.org/fhir" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b">
  <id value="x1"/>
  <text><status value="generated"/>
    <div xmlns="http://www.w3.org/1999/xhtml"><p>Anna &amp; <b>co</b></p></div></text>
  <contained><Organization><id value="o1"/><name value="Clinic"/></Organization></contained>
  <extension url="http://x.example/e"><valueDecimal value="1.10"/></extension>
  <active value="true"/>
  <name><family value="Ivanova"/><given value="Anna"/><given id="g2"/></name>
  <gender value="female"/>
  <birthDate value="1960-05-03"/>
  <multipleBirthInteger value="2"/>
  <managingOrganization><reference value="#o1"/></managingOrganization>
</Patient>"""


def test_lines_gzip_and_zip_bring_what_plain_files_bring(take):
    lines = b"\n".join(as_bytes(each) for each in alone(observation, observation))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        who, measured = alone(observation)
        archive.writestr("in/b.json", as_bytes(who))
        archive.writestr("in/a.json", as_bytes(measured))
        archive.writestr("__MACOSX/._a.json", b"x")

    code, account = take(
        lines__ndjson=lines,
        one__json__gz=gzip.compress(as_bytes(person_with(observation))),
        many__ndjson__gz=gzip.compress(b"\n".join(as_bytes(each) for each in alone(observation))),
        all__zip=packed.getvalue(),
    )

    assert (code, account["refused"]) == (0, [])
    assert account["stored"] == {"Observation": 5, "Patient": 4}


def test_a_folder_is_read_with_all_below_it_and_other_files_are_told(run, tmp_path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "a.json").write_bytes(as_bytes(person_with()))
    (tmp_path / "README.txt").write_text("hello")

    result = run("import-fhir", tmp_path)

    account = line_of(result)
    assert (result.exit_code, account["stored"]) == (0, {"Patient": 1})
    assert [each["file"] for each in account["skipped"]] == [str(tmp_path / "README.txt")]


def test_a_line_is_refused_alone_and_told_by_its_number(take):
    who, good, faulty = alone(observation, lambda who: observation(who, status="nonsense"))
    lines = [as_bytes(who), b"", b"{broken", as_bytes(faulty), b"[1]", as_bytes(good)]

    code, account = take(a__ndjson=b"\n".join(lines))

    assert (code, account["stored"]) == (3, ALL_TAKEN)
    assert [each["where"] for each in account["refused"]] == [
        "line 3, column 2",
        "line 4, Observation.status",
        "line 5",
    ]


def test_of_many_lines_one_portion_after_the_other_is_taken(take, as_loader, monkeypatch):
    monkeypatch.setattr("emr.fhir_import.files.arrivals.MOST_LINES", 2)
    who, *measured = alone(*[observation] * 5)
    later = {**measured[0], "valueQuantity": {"value": 99, "unit": "g/L"}}

    code, account = take(
        a__ndjson=b"\n".join(as_bytes(each) for each in [*measured[:2], who, *measured[2:], later])
    )

    assert (code, account["stored"]) == (0, {"Observation": 5, "Patient": 1})
    # The first one waited for its patient, and by then a later line had told otherwise.
    assert [each["where"] for each in account["skipped"]] == ["line 1, Observation"]
    identifier = who["identifier"][0]
    with as_loader() as session:
        patient_id = known_patient(session, system=identifier["system"], value=identifier["value"])
        assert "99 g/L" in {line.value.en for line in timeline_of(session, patient_id).lines}


def test_each_entry_of_a_batch_has_an_outcome_of_its_own(take):
    made = of_type("batch")
    who = made["entry"][0]["fullUrl"]
    made["entry"] += [
        entry(observation(who, status="nonsense")),
        {"request": {"method": "GET", "url": "Observation/1"}},
        entry(observation("Patient/nobody")),
        entry(observation(who, derivedFrom=[{"reference": "urn:uuid:00000000-0000-4000-8000-000000000000"}])),
        {"request": {"method": "DELETE", "url": "Observation/1"}},
    ]
    # Leads to one that is refused, so it cannot stand either.
    made["entry"].append(entry(observation(who, hasMember=[{"reference": made["entry"][5]["fullUrl"]}])))

    code, account = take(a__json=made)

    assert (code, account["stored"]) == (3, ALL_TAKEN)
    assert sorted(each["where"] for each in account["refused"]) == [
        "Bundle.entry[2].resource.status",
        "Bundle.entry[4].resource.subject.reference",
        "Bundle.entry[5].resource.derivedFrom[0].reference",
        "Bundle.entry[6].request.method",
        "Bundle.entry[7].resource.hasMember[0].reference",
    ]
    assert [each["where"] for each in account["skipped"]] == ["Bundle.entry[3].request.method"]


def test_of_a_refused_patient_of_a_batch_nobody_stays_in_the_register(take, as_loader):
    stranger = of_type("batch")
    nowhere = {"reference": "urn:uuid:00000000-0000-4000-8000-000000000000"}
    stranger["entry"][0]["resource"]["managingOrganization"] = nowhere

    code, account = take(b__json=stranger)

    assert (code, account["stored"]) == (1, {})
    assert len(account["refused"]) == 2
    identifier = stranger["entry"][0]["resource"]["identifier"][0]
    with as_loader() as session:
        assert known_patient(session, system=identifier["system"], value=identifier["value"]) is None


def test_a_history_becomes_versions_the_oldest_first_and_once(take, as_loader):
    made = of_type("history")
    who, measured = made["entry"]
    older = copy.deepcopy(measured)
    older["resource"]["valueQuantity"]["value"] = 120
    deleted = {"fullUrl": measured["fullUrl"], "request": {"method": "DELETE", "url": "Observation/1"}}
    made["entry"] = [deleted, measured, older, who]

    first, again = take(a__json=made), take(a__json=made)

    assert first[1]["stored"] == {"Observation": 2, "Patient": 1}
    assert [each["where"] for each in first[1]["refused"]] == ["Bundle.entry[0].request.method"]
    assert (again[1]["stored"], again[1]["unchanged"]) == ({}, first[1]["stored"])
    identifier = who["resource"]["identifier"][0]
    with as_loader() as session:
        patient_id = known_patient(session, system=identifier["system"], value=identifier["value"])
        [line] = timeline_of(session, patient_id).lines
    assert (line.number, line.value.en) == (2, "131 g/L")


def test_the_envelope_of_a_message_is_told_and_its_content_taken(take):
    header = {"resourceType": "MessageHeader", "eventUri": "urn:x:admit", "source": {"endpoint": "urn:x"}}
    made = of_type("message")
    made["entry"].insert(0, {"fullUrl": f"urn:uuid:{uuid4()}", "resource": header})

    code, account = take(a__json=made)

    assert (code, account["stored"]) == (0, ALL_TAKEN)
    assert [each["where"] for each in account["skipped"]] == ["Bundle.entry[0].resource"]


def test_a_search_within_an_answer_is_taken(take):
    made = bundle({"response": {"status": "200"}, "resource": of_type("searchset")},
                  {"response": {"status": "404"}}, kind="batch-response")  # fmt: skip

    code, account = take(a__json=made)

    assert (code, account["stored"]) == (0, ALL_TAKEN)
    assert [each["where"] for each in account["skipped"]] == ["Bundle.entry[1]"]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("bomb__json__gz", gzip.compress(b"[" + b" " * 3_000_000), "unpacks to more than"),
        ("cut__json__gz", gzip.compress(b'{"a": 1}' * 1000)[:40], "broken or cut off"),
        ("twice__gz", gzip.compress(gzip.compress(b"{}")), "archive within an archive"),
        ("broken__zip", b"PK\x03\x04" + b"x" * 50, "broken ZIP archive"),
    ],
)
def test_a_packed_file_is_unpacked_no_further_than_an_honest_one_needs(take, monkeypatch, name, content, why):
    monkeypatch.setattr(unpacking, "ALWAYS_BYTES", 100_000)

    code, account = take(**{name: content, "good__json": person_with()})

    assert (code, account["stored"]) == (3, {"Patient": 1})
    [refused] = account["refused"]
    assert why in refused["why"]


def test_many_small_bombs_are_one_big_one(take, monkeypatch):
    monkeypatch.setattr(unpacking, "ALWAYS_BYTES", 100_000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(40):
            archive.writestr(f"{number}.json", b" " * 90_000)

    code, account = take(a__zip=packed.getvalue())

    assert code == 1
    assert any("unpacks to more than" in each["why"] for each in account["refused"])


@pytest.mark.parametrize(
    ("method", "why"), [(zipfile.ZIP_BZIP2, "packed with bzip2"), (zipfile.ZIP_LZMA, "packed with LZMA")]
)
@pytest.mark.parametrize("broken", [False, True])
def test_members_whose_packing_has_no_bound_are_refused_by_name_before_they_are_read(
    take, monkeypatch, method, why, broken
):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("bomb.json", b" " * 1_000_000, compress_type=method)
        archive.writestr("good.json", as_bytes(person_with()), compress_type=zipfile.ZIP_DEFLATED)
    raw = bytearray(packed.getvalue())
    if broken:
        raw[40:60] = b"x" * 20
    read = []
    whole = zipfile.ZipFile.open
    monkeypatch.setattr(
        zipfile.ZipFile, "open", lambda self, each, *rest: read.append(each) or whole(self, each, *rest)
    )

    code, account = take(a__zip=bytes(raw), b__json=person_with())

    assert (code, account["stored"]) == (3, {"Patient": 2})
    [refused] = account["refused"]
    assert refused["file"].endswith("a.zip!bomb.json")
    assert why in refused["why"]
    assert {each.filename for each in read} == {"good.json"}


def test_ranking_the_members_spends_the_same_budget(take, monkeypatch):
    monkeypatch.setattr(unpacking, "ALWAYS_BYTES", 1000)
    monkeypatch.setattr(unpacking, "MOST_TIMES", 0)
    monkeypatch.setattr(unpacking, "_member", lambda *_of: pytest.fail("read beyond the budget"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", b" " * 2000)

    code, account = take(a__zip=packed.getvalue())

    assert (code, [each["why"][:19] for each in account["refused"]]) == (1, ["unpacks to more tha"])


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (OSError(5, "Input/output error"), "cannot be read: Input/output error"),
        (KeyError("x"), "cannot be read: a fault of this program (KeyError)"),
    ],
)
@pytest.mark.parametrize("where", ["opened", "arrivals"])
def test_whatever_befalls_one_file_is_that_file_s(take, monkeypatch, where, fault, why):
    whole = getattr(importing, where)

    def faulty(file, **options):
        if "trap" in str(getattr(file, "name", file)):
            raise fault
        yield from whole(file, **options)

    monkeypatch.setattr(importing, where, faulty)

    code, account = take(a_trap__json=person_with(), b__json=person_with())

    assert (code, account["stored"]) == (3, {"Patient": 1})
    [refused] = account["refused"]
    assert refused["file"].endswith("a_trap.json")
    assert refused["why"].startswith(why)


def test_the_zip_files_of_others_are_read_or_refused(run, shared_data):
    for file in sorted((shared_data / "other" / "zip").iterdir()):
        result = run("import-fhir", file)

        assert result.exit_code in (0, 1, 3), file.name
        assert line_of(result), file.name


def test_a_fault_of_ours_is_that_resources_and_the_run_goes_on(take, monkeypatch):
    whole = parts.directory_name

    def faulty(content):
        return content["no such element"] if content.get("name") == "Trap" else whole(content)

    monkeypatch.setattr(parts, "directory_name", faulty)
    trap = {"resourceType": "Organization", "name": "Trap"}
    batch = of_type("batch")
    batch["entry"].append(entry(trap))

    code, account = take(a__json=trap, b__json=person_with(), c__json=batch)

    assert (code, account["stored"]) == (3, {"Observation": 1, "Patient": 2})
    assert [each["why"].partition(",")[0] for each in account["refused"]] == [
        "cannot be taken in: a fault of this program (KeyError)"
    ] * 2


def test_a_role_whose_codes_are_a_list_is_stored(take):
    role = {"resourceType": "PractitionerRole", "id": f"r-{uuid4().hex[:8]}", "code": [{"text": "Doctor"}]}

    assert take(a__json=role)[1]["stored"] == {"PractitionerRole": 1}


def test_a_database_that_goes_away_ends_the_run_and_what_was_done_is_told(run, tmp_path, monkeypatch):
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_bytes(as_bytes(person_with()))
    whole, taken = importing.import_bundle, []

    def once(session, made, **options):
        if taken:
            raise Busy("gone")
        taken.append(made)
        return whole(session, made, **options)

    monkeypatch.setattr(importing, "import_bundle", once)

    result = run("import-fhir", tmp_path)

    assert result.exit_code == 2
    assert line_of(result)["stored"] == {"Patient": 1}


def test_each_refusal_is_told_when_it_happens(run, tmp_path):
    (tmp_path / "bad.json").write_bytes(b"[]")

    result = run("import-fhir", tmp_path)

    told = [json.loads(line) for line in result.stderr.splitlines() if line.startswith('{"refused"')]
    assert [each["refused"] for each in told] == line_of(result)["refused"]


def test_bytes_that_belong_to_nobody_are_told_and_what_stands_beside_them_is_taken(run, shared_cases):
    result = run("import-fhir", shared_cases / KINDS / "07_with_binary.json")

    account = line_of(result)
    assert (result.exit_code, accounted(account)) == (3, ALL_TAKEN)
    [refused] = account["refused"]
    assert (refused["where"], refused["why"].partition(":")[0]) == (
        "Bundle.entry[2].resource",
        "belongs to no record",
    )


def test_what_is_to_come_of_these_files_is_what_was_asked_for(shared_cases):
    asked = (shared_cases / KINDS / "expect.txt").read_text(encoding="utf-8")

    assert (
        "stored, or refused alone, with its place, its reason in plain words and the name of what it is"
        in asked
    )


def test_who_comes_under_the_number_of_somebody_else_is_refused_and_a_new_surname_is_not(run, shared_cases):
    folder = shared_cases / KINDS
    first = run("import-fhir", folder / "11_same_id_other_person.json")

    renamed = run("import-fhir", folder / "12_renamed_same_id.json")
    other = run("import-fhir", folder / "12_same_id_other_person2.json")

    assert (first.exit_code, renamed.exit_code, other.exit_code) == (0, 0, 1)
    [refused] = line_of(other)["refused"]
    assert refused["where"] == "Bundle.entry[0].resource.birthDate"
    assert "differ from the patient whom the identifiers name" in refused["why"]


def test_xml_that_would_take_too_much_memory_is_refused_by_its_size(monkeypatch):
    monkeypatch.setattr("emr.fhir_import.validation.texts.LARGEST_XML_BYTES", 500)

    with pytest.raises(BundleRefused, match="send it as FHIR JSON"):
        read_bundle(PATIENT_IN_XML.encode(), source="urn:x")


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        (b'{"resourceType": "Basic", "extension": [' + b"{}," * 501 + b"{}]}", "file"),
        (b'<Patient xmlns="http://hl7.org/fhir">' + b"<a/>" * 1000 + b"</Patient>", "line 1, column"),
    ],
    ids=["json", "xml"],
)
def test_what_has_too_many_parts_is_refused_before_they_are_values(monkeypatch, raw, where):
    monkeypatch.setattr(texts, "MOST_PARTS", 1000)

    with pytest.raises(BundleRefused, match=r"holds more than 1000 .+; send it in several files") as told:
        texts.read_text(raw)

    assert told.value.where.startswith(where)


@pytest.mark.parametrize("kind", ["json", "xml"])
def test_what_has_as_many_parts_as_may_be_is_read(shared_data, kind, monkeypatch):
    """The largest file of others has a fortieth of what may be."""
    file = max((shared_data / "fhir").rglob(f"*.{kind}"), key=lambda each: each.stat().st_size)
    monkeypatch.setattr(texts, "MOST_PARTS", texts.MOST_PARTS // 40)

    assert texts.read_text(file.read_bytes())["resourceType"] == "Bundle"
