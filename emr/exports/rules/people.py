"""Those of our own registers in FHIR R4: the one patient whom several senders tell of, our staff and our facilities."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from emr.content.rules.context import FACILITY_SYSTEM
from emr.exports.rules.stored import instant
from foundation.canonical_json import digest_of
from foundation.language.bilingual import BilingualText
from identity.people.enumerations import Birth

# The register's own, whatever a sender says.
REGISTERED = ("resourceType", "id", "active", "gender", "birthDate")
ROLES = "http://terminology.hl7.org/CodeSystem/practitioner-role"
# Of our roles, those that FHIR has a code for.
CODED_ROLES = frozenset({"doctor"})
# What one sender's description alone is like; of several it would be the wrong one.
OF_ONE_SENDER = frozenset({"text", "meta", "implicitRules", "language"})


class Post(Protocol):
    """A role that somebody holds, or held, at a facility."""

    @property
    def id(self) -> UUID: ...
    @property
    def staff_id(self) -> UUID: ...
    @property
    def facility_id(self) -> UUID: ...
    @property
    def role(self) -> object: ...
    @property
    def began_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime | None: ...


def patient_resource(
    *, patient_id: UUID, family_name: str, given_names: list[str], birth: Birth, sex: str
) -> dict[str, Any]:
    """A patient as the register knows them: of a provisional one a name or a birth date may be unknown."""
    name: dict[str, Any] = {"family": family_name} if family_name else {}
    if given_names:
        name["given"] = given_names
    return {
        "resourceType": "Patient",
        "id": str(patient_id),
        "active": True,
        **({"name": [{"use": "official", **name}]} if name else {}),
        "gender": sex,
        **({"birthDate": str(birth)} if str(birth) else {}),
    }


def merged_patient(
    registered: Mapping[str, Any], sent: Sequence[tuple[Mapping[str, Any], datetime]]
) -> dict[str, Any]:
    """The one patient: who the register says, with everything that their senders add.

    Lists are put together; of what there can be only one (deceased, married), the newest sender's stands.

    Args:
        sent: what each sender says, and when that was recorded.
    """
    merged: dict[str, Any] = {
        name: list(each) if isinstance(each, list) else each for name, each in registered.items()
    }
    newest_last = sorted(sent, key=lambda each: each[1])
    for number, (content, _recorded_at) in enumerate(newest_last, start=1):
        for name, value in _apart(content, number).items():
            if name in REGISTERED or name in OF_ONE_SENDER:
                continue
            if isinstance(value, list):
                merged[name] = _united(merged.get(name, []), value)
            else:
                for other in _other_choices(name, merged):
                    del merged[other]
                merged[name] = value
    if newest_last:
        merged["meta"] = {"lastUpdated": instant(newest_last[-1][1])}
    return merged


def _united(one: list[Any], other: list[Any]) -> list[Any]:
    return list({digest_of({"is": each}): each for each in [*one, *other]}.values())


def _other_choices(name: str, merged: Mapping[str, Any]) -> list[str]:
    """The other spellings of a choice, such as deceasedBoolean beside deceasedDateTime."""
    stem = next((each for each in ("deceased", "multipleBirth") if name.lstrip("_").startswith(each)), "")
    return [
        each
        for each in merged
        if stem and each.lstrip("_").startswith(stem) and each.lstrip("_") != name.lstrip("_")
    ]


def _apart(content: Mapping[str, Any], number: int) -> Mapping[str, Any]:
    """Two senders may both contain a "#1": their contained resources are called by the sender's number too."""
    if "contained" not in content:
        return content
    names = {f"#{each.get('id')}": f"sender{number}-{each.get('id')}" for each in content["contained"]}
    renamed: Mapping[str, Any] = _renamed(content, names)
    contained = [{**each, "id": names[f"#{each.get('id')}"]} for each in renamed["contained"]]
    return {**renamed, "contained": contained}


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_renamed(each, names) for each in value]
    if not isinstance(value, Mapping):
        return value
    made = {name: _renamed(each, names) for name, each in value.items()}
    if value.get("reference") in names if isinstance(value.get("reference"), str) else False:
        made["reference"] = f"#{names[value['reference']]}"
    return made


def practitioner_resource(*, staff_id: UUID, full_name: str, position: BilingualText) -> dict[str, Any]:
    """A member of our staff."""
    practitioner: dict[str, Any] = {
        "resourceType": "Practitioner",
        "id": str(staff_id),
        "name": [{"text": full_name}],
    }
    if position.ru:
        practitioner["qualification"] = [{"code": {"text": position.ru}}]
    return practitioner


def practitioner_role_resource(post: Post, *, position: BilingualText, at: datetime) -> dict[str, Any]:
    """A post of a member of our staff: where, since when, as what.

    Args:
        at: the moment of the export.
    """
    role: dict[str, Any] = {
        "resourceType": "PractitionerRole",
        "id": str(post.id),
        "active": post.ended_at is None or post.ended_at > at,
        "period": {"start": instant(post.began_at)},
        "practitioner": {"reference": f"Practitioner/{post.staff_id}"},
        "organization": {"reference": f"Organization/{post.facility_id}"},
    }
    if post.ended_at:
        role["period"]["end"] = instant(post.ended_at)
    if str(post.role) in CODED_ROLES:
        role["code"] = [{"coding": [{"system": ROLES, "code": str(post.role)}]}]
    if position.ru:
        role["specialty"] = [{"text": position.ru}]
    return role


def organization_resource(*, facility_id: UUID, code: str, name: BilingualText) -> dict[str, Any]:
    """A facility of ours."""
    organization: dict[str, Any] = {
        "resourceType": "Organization",
        "id": str(facility_id),
        "identifier": [{"system": FACILITY_SYSTEM, "value": code}],
        "name": name.ru,
    }
    if name.en and name.en != name.ru:
        organization["alias"] = [name.en]
    return organization
