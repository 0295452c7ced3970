"""What a provider has proven about somebody whom we do not know, and how long it is held."""

import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from foundation.language.latin_letters import PrintedName
from identity.people.rules import snils
from identity.people.rules.names import full_name

# From the provider's answer to the request: long enough to choose a facility.
PAGE_GOOD_FOR = timedelta(minutes=30)
# Whoever has not come by then asks again.
REQUEST_KEPT_FOR = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class ProvenPerson:
    """Who somebody is by a provider's word; what it did not tell is empty. `level` is an Assurance."""

    issuer: str
    subject: str
    level: int
    national_id_system: str
    national_id: str
    birth_date: date | None
    family_name: str
    given_name: str
    middle_name: str

    @property
    def full_name(self) -> PrintedName:
        return full_name(self.family_name, self.given_name, self.middle_name)

    @property
    def snils_masked(self) -> str:
        """Empty where the provider told no SNILS, or a wrong one."""
        return snils.masked_snils(self.snils) if self.snils else ""

    @property
    def snils(self) -> str:
        """In its normal form; empty where the provider told none, or a wrong one."""
        is_snils = self.national_id_system == snils.SNILS_SYSTEM
        return (snils.normal_snils(self.national_id) or "") if is_snils else ""


def written_person(person: ProvenPerson) -> str:
    return json.dumps(asdict(person), default=str, ensure_ascii=False)


def person_written(written: str) -> ProvenPerson:
    told = json.loads(written)
    born = told["birth_date"]
    return ProvenPerson(**{**told, "birth_date": date.fromisoformat(born) if born else None})
