"""The records of those with a story."""

import json
import re
from datetime import datetime

from sqlalchemy import select

from demo.record import Record
from demo.stories.records import records_of
from emr.entries.tables.entries import EntryVersion
from emr.fhir_import.validation.bundles import read_bundle
from emr.timeline.queries.timeline import timeline_of
from foundation.actor import Actor, ActorKind
from foundation.canonical_json import canonical_json
from foundation.clock import today
from foundation.identifiers import new_id
from tests.verifying import broken_summaries, broken_versions

TOLD_TIME = re.compile(r"'(\d{4}-\d\d-\d\d(?:T[^']*)?)'")


def test_everybody_with_a_story_has_a_timeline_of_their_own(loaded):
    assert len(loaded.region.story_people) == 60
    for citizen in loaded.region.story_people:
        reader = loaded.actor_of(citizen)
        with loaded.reading_as(reader) as session:
            page = timeline_of(session, citizen.id)
            assert page.lines, citizen.story


def test_a_doctor_of_the_polyclinic_opens_the_chart(loaded):
    citizen = loaded.region.story_people[0]
    doctor = next(each for each in loaded.region.staff if each.facility == citizen.home)
    reader = Actor(
        ActorKind.STAFF,
        account_id=new_id(),
        staff_id=doctor.id,
        facility_id=doctor.facility.id,
        role=doctor.role.value,
    )

    with loaded.reading_as(reader) as session:
        assert timeline_of(session, citizen.id).lines


def test_the_diabetic_has_26_values_of_hba1c(loaded):
    record = records_of(loaded.region)[0]

    values = [
        each
        for each in record.entries
        if each.versions[0].content.get("code", {}).get("coding", [{}])[0].get("code") == "4548-4"
    ]

    assert record.citizen.story == "diabetes"
    assert len(values) == 26


def test_nothing_is_signed_before_it_happened(loaded):
    versions = [
        version
        for record in records_of(loaded.region)
        for each in record.entries
        for version in each.versions
    ]
    told = [(version, each) for version in versions for each in TOLD_TIME.findall(str(version.content))]

    assert len(told) > 1_000
    assert [
        (version.content["resourceType"], each)
        for version, each in told
        if each[: len("2026-05-03")] > f"{version.written_at:%Y-%m-%d}"
        or ("T" in each and datetime.fromisoformat(each) > version.written_at)
    ] == []
    assert all(version.written_at.date() < today() for version in versions)


def test_every_signature_and_chain_holds(loaded):
    with loaded.loading() as session:
        checked, broken = broken_versions(session)

    assert broken == []
    assert checked == loaded.counted["entries"] + 1  # one entry was amended


def test_every_line_is_what_would_be_drawn_again(loaded):
    with loaded.loading() as session:
        checked, broken = broken_summaries(session)

    assert broken == []
    assert checked == loaded.counted["entries"]


def test_the_amended_entry_keeps_both_versions_and_the_reason(loaded):
    record = next(each for each in records_of(loaded.region) if each.citizen.story == "amendment")
    amended = next(each for each in record.entries if len(each.versions) > 1)

    with loaded.loading() as session:
        versions = session.scalars(
            select(EntryVersion).where(EntryVersion.entry_id == amended.id).order_by(EntryVersion.number)
        ).all()

    assert ["левого" in str(each.content) for each in versions] == [True, False]
    assert versions[1].reason


def test_every_resource_is_fhir_r4(loaded):
    """The import that reads other systems' bundles reads ours."""
    chosen = {record.citizen.story: record for record in records_of(loaded.region)}.values()
    for record in chosen:
        read = read_bundle(_bundle(record), source="urn:demo")
        assert len(read.resources) == len(record.entries)


def test_no_story_lies_in_the_future_or_before_birth(loaded):
    for record in records_of(loaded.region):
        for entry in record.entries:
            assert record.citizen.birth_date <= entry.happened_at.date() <= today()


def _bundle(record: Record) -> bytes:
    entries = [
        {
            "fullUrl": f"urn:uuid:{each.id}",
            "resource": each.versions[-1].content,
            "request": {"method": "POST", "url": each.versions[-1].content["resourceType"]},
        }
        for each in record.entries
    ]
    whole = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    return json.dumps(json.loads(canonical_json(whole))).encode()
