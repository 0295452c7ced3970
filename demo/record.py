"""A citizen's record in the making: what happened, where and by whom, as FHIR R4 resources in their order.

Names of illnesses and medicines are the English phrases that emr.terminology.rules.phrases can say in Russian; notes are in Russian.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from demo.chance import numbered_id
from demo.citizens import Citizen
from demo.staff import DemoStaff
from emr.notes.rules import ICD10, Authorship, Note, composition_of
from emr.terminology.rules.phrases import LOINC
from foundation.clock import zone
from identity.people.rules.snils import SNILS_SYSTEM

MOST_ENTRIES = 1000
UCUM = "http://unitsofmeasure.org"
CVX = "http://hl7.org/fhir/sid/cvx"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
HL7 = "http://terminology.hl7.org/CodeSystem"
SIGNED_AFTER = timedelta(minutes=6)

Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """What an entry said from a moment on; `reason` where it corrects the version before."""

    content: Content
    written_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DemoEntry:
    """One entry: when it happened to the patient, who wrote and signed it."""

    id: UUID
    happened_at: datetime
    author: DemoStaff
    versions: tuple[Version, ...]


@dataclass
class Record:
    """Collects a citizen's entries. Each method says one thing that happened."""

    citizen: Citizen
    entries: list[DemoEntry] = field(default_factory=list)

    def at(self, day: date, hour: int = 9, minute: int = 0) -> datetime:
        """A moment of the day in the region; the minutes differ from person to person."""
        return datetime.combine(day, time(hour, (minute + self.citizen.number * 7) % 60), zone())

    def details(self, by: DemoStaff, at: datetime) -> None:
        """Who the person is, as the polyclinic wrote it down."""
        who = self.citizen
        self._add(
            by,
            at,
            {
                "resourceType": "Patient",
                "identifier": [{"system": SNILS_SYSTEM, "value": who.snils}],
                "name": [
                    {"use": "official", "family": who.name.family, "given": [who.name.given, who.name.middle]}
                ],
                "gender": who.sex.value,
                "birthDate": who.birth_date.isoformat(),
                "address": [{"city": who.home.settlement.name.ru, "country": "RU"}],
            },
        )

    def visit(self, by: DemoStaff, at: datetime, what: str, *, setting: str = "AMB", days: int = 0) -> str:
        """A visit, or a stay of some days; the answer is the reference that belongs to it."""
        end = at + (timedelta(days=days) if days else timedelta(minutes=25))
        content = {
            "resourceType": "Encounter",
            "status": "finished",
            "class": {"system": f"{HL7}/v3-ActCode", "code": setting},
            "type": [{"text": what}],
            "participant": [{"individual": _person(by)}],
            "period": {"start": _moment(at), "end": _moment(end)},
            "serviceProvider": _place(by),
        }
        return f"Encounter/{self._add(by, at, content, known_at=end)}"

    def diagnosis(
        self, by: DemoStaff, at: datetime, code: str, what: str, *, until: date | None = None
    ) -> None:
        """A diagnosis, still valid unless it ended."""
        state = "resolved" if until else "active"
        content: Content = {
            "resourceType": "Condition",
            "clinicalStatus": _code(f"{HL7}/condition-clinical", state),
            "verificationStatus": _code(f"{HL7}/condition-ver-status", "confirmed"),
            "code": {"coding": [{"system": ICD10, "code": code}], "text": what},
            "onsetDateTime": at.date().isoformat(),
            "recordedDate": _moment(at),
            "recorder": _person(by),
        }
        if until:
            content["abatementDateTime"] = until.isoformat()
        self._add(by, at, content, known_at=max(at, datetime.combine(until, at.timetz())) if until else at)

    def result(
        self,
        by: DemoStaff,
        at: datetime,
        code: str,
        value: str,
        unit: str,
        *,
        usual: tuple[str, str] = ("", ""),
        vital: bool = False,
        of: str = "",
    ) -> None:
        """A laboratory value or a measurement by its LOINC code, with the usual range where there is one.

        Args:
            of: the reference of the visit that it belongs to.
        """
        content = self._observation(by, at, code, vital=vital)
        if of:
            content["encounter"] = {"reference": of}
        content["valueQuantity"] = _quantity(value, unit)
        bounds = {
            name: _quantity(bound, unit) for name, bound in zip(("low", "high"), usual, strict=True) if bound
        }
        if bounds:
            content["referenceRange"] = [bounds]
        self._add(by, at, content)

    def pressure(self, by: DemoStaff, at: datetime, upper: int, lower: int) -> None:
        content = self._observation(by, at, "85354-9", vital=True)
        content["component"] = [
            {
                "code": {"coding": [{"system": LOINC, "code": code}]},
                "valueQuantity": _quantity(str(value), "mm[Hg]"),
            }
            for code, value in (("8480-6", upper), ("8462-4", lower))
        ]
        self._add(by, at, content)

    def medicine(
        self, by: DemoStaff, at: datetime, what: str, dose: str, times_a_day: int, *, active: bool = True
    ) -> None:
        """A prescription; the dose is a number and a UCUM unit, such as "500 mg"."""
        amount, unit = dose.split()
        self._add(
            by,
            at,
            {
                "resourceType": "MedicationRequest",
                "status": "active" if active else "completed",
                "intent": "order",
                "medicationCodeableConcept": {"text": what},
                "authoredOn": _moment(at),
                "requester": _person(by),
                "dosageInstruction": [
                    {
                        "timing": {"repeat": {"frequency": times_a_day, "period": 1, "periodUnit": "d"}},
                        "doseAndRate": [{"doseQuantity": _quantity(amount, unit)}],
                    }
                ],
            },
        )

    def vaccine(self, by: DemoStaff, at: datetime, code: str, dose: int) -> None:
        self._add(
            by,
            at,
            {
                "resourceType": "Immunization",
                "status": "completed",
                "vaccineCode": {"coding": [{"system": CVX, "code": code}]},
                "occurrenceDateTime": _moment(at),
                "primarySource": True,
                "performer": [{"actor": _person(by)}],
                "protocolApplied": [{"doseNumberPositiveInt": dose}],
            },
            subject="patient",
        )

    def allergy(self, by: DemoStaff, at: datetime, what: str, sign: str, *, dangerous: bool) -> None:
        self._add(
            by,
            at,
            {
                "resourceType": "AllergyIntolerance",
                "clinicalStatus": _code(f"{HL7}/allergyintolerance-clinical", "active"),
                "verificationStatus": _code(f"{HL7}/allergyintolerance-verification", "confirmed"),
                "type": "allergy",
                "criticality": "high" if dangerous else "low",
                "code": {"text": what},
                "onsetDateTime": at.date().isoformat(),
                "recordedDate": _moment(at),
                "recorder": _person(by),
                "reaction": [{"manifestation": [{"text": sign}]}],
            },
            subject="patient",
        )

    def procedure(self, by: DemoStaff, at: datetime, what: str, *, why: str = "") -> None:
        content: Content = {
            "resourceType": "Procedure",
            "status": "completed",
            "code": {"text": what},
            "performedDateTime": _moment(at),
            "performer": [{"actor": _person(by)}],
        }
        if why:
            content["reasonCode"] = [{"text": why}]
        self._add(by, at, content)

    def report(self, by: DemoStaff, at: datetime, what: str, conclusion: str) -> None:
        """The radiologist's or functional diagnostician's conclusion, in Russian."""
        self._add(
            by,
            at,
            {
                "resourceType": "DiagnosticReport",
                "status": "final",
                "code": {"text": what},
                "effectiveDateTime": _moment(at),
                "issued": _moment(at + timedelta(hours=1)),
                "performer": [_person(by)],
                "conclusion": conclusion,
            },
            known_at=at + timedelta(hours=1),
        )

    def pictures(
        self, by: DemoStaff, at: datetime, study_uid: str, modality: str, site: str, images: int
    ) -> None:
        """That pictures were taken; the pictures themselves lie in the archive under the same study number."""
        self._add(
            by,
            at,
            {
                "resourceType": "ImagingStudy",
                "identifier": [{"system": "urn:dicom:uid", "value": f"urn:oid:{study_uid}"}],
                "status": "available",
                "started": _moment(at),
                "numberOfInstances": images,
                "series": [
                    {
                        "uid": f"{study_uid}.1",
                        "modality": {"system": DICOM, "code": modality},
                        "bodySite": {"system": LOINC, "code": "39111-0", "display": site},
                    }
                ],
            },
        )

    def note(
        self,
        by: DemoStaff,
        at: datetime,
        note: Mapping[str, str],
        *,
        amended: Mapping[str, str] | None = None,
        amended_at: datetime | None = None,
        reason: str = "",
    ) -> None:
        """A consultation note in Russian; `amended` holds what a later version says instead."""
        entry_id = self._next_id()
        versions = [Version(self._composition(by, at, entry_id, note, amends=False), at + SIGNED_AFTER)]
        if amended and amended_at:
            content = self._composition(by, at, entry_id, {**note, **amended}, amends=True)
            versions.append(Version(content, amended_at, reason))
        self.entries.append(DemoEntry(entry_id, at, by, tuple(versions)))

    def _composition(
        self, by: DemoStaff, at: datetime, entry_id: UUID, note: Mapping[str, str], *, amends: bool
    ) -> Content:
        authorship = Authorship(self.citizen.id, by.id, by.full_name, by.facility.id, by.facility.name.ru)
        written = Note(
            complaints=note["complaints"],
            history=note.get("history", ""),
            examination=note.get("examination", ""),
            diagnosis_code=note["code"],
            diagnosis=note["diagnosis"],
            plan=note["plan"],
            seen_at=at,
        )
        return composition_of(written, entry_id=entry_id, by=authorship, amends=amends)

    def _observation(self, by: DemoStaff, at: datetime, code: str, *, vital: bool) -> Content:
        category = "vital-signs" if vital else "laboratory"
        return {
            "resourceType": "Observation",
            "status": "final",
            "category": [_code(f"{HL7}/observation-category", category)],
            "code": {"coding": [{"system": LOINC, "code": code}]},
            "effectiveDateTime": _moment(at),
            "performer": [_person(by)],
        }

    def _add(
        self,
        by: DemoStaff,
        at: datetime,
        content: Content,
        *,
        subject: str = "subject",
        known_at: datetime | None = None,
    ) -> UUID:
        """Nobody signs before what they write has happened: `known_at` is when all of it had."""
        entry_id = self._next_id()
        content["id"] = str(entry_id)
        if content["resourceType"] == "Patient":
            content["id"] = str(self.citizen.id)
        else:
            content[subject] = {"reference": f"Patient/{self.citizen.id}"}
        self.entries.append(DemoEntry(entry_id, at, by, (Version(content, (known_at or at) + SIGNED_AFTER),)))
        return entry_id

    def _next_id(self) -> UUID:
        return numbered_id("entry", self.citizen.number * MOST_ENTRIES + len(self.entries))


def _code(system: str, code: str) -> Content:
    return {"coding": [{"system": system, "code": code}]}


def _person(member: DemoStaff) -> Content:
    return {"reference": f"Practitioner/{member.id}", "display": member.full_name}


def _place(member: DemoStaff) -> Content:
    return {"reference": f"Organization/{member.facility.id}", "display": member.facility.name.ru}


def _quantity(value: str, unit: str) -> Content:
    number = Decimal(value)
    plain = int(number) if number == number.to_integral_value() and "." not in value else number
    return {"value": plain, "unit": unit, "system": UCUM, "code": unit}


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
