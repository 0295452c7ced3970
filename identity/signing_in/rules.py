"""When an electronic identity is a person whom we know. A login never makes anybody: it finds them or it does not."""

from datetime import date, timedelta
from uuid import UUID

from identity.people.rules import snils
from identity.people.rules.assurance import LOWEST_FOR_RECORDS, Assurance

# From the first click to the return from the provider.
LONGEST_SIGN_IN = timedelta(minutes=10)


MATCHED_BY_IDENTIFIER = "national identifier and birth date"
# Looked for in place of what the provider did not tell, so that every answer takes the same way.
NOBODYS_IDENTIFIER = ""
NOBODYS_BIRTH_DATE = date(1, 1, 1)


def identifier_to_match(system: str, value: str) -> str:
    """The identifier in its normal form, or nobody's: absent, misshapen or with a wrong checksum."""
    if system == snils.SNILS_SYSTEM:
        return snils.normal_snils(value) or NOBODYS_IDENTIFIER
    return value.strip() or NOBODYS_IDENTIFIER


def one_of(matched: UUID | None, confirmed: UUID | None) -> UUID | None:
    """Whose record opens: found by identifier, or linked in person. Where the two differ nobody's does, until it is settled."""
    if matched and confirmed and matched != confirmed:
        return None
    return matched or confirmed


def may_be_matched(*, level: Assurance, identifier: str) -> bool:
    """Whether a person proven so surely may be taken for the one with this identifier."""
    return level >= LOWEST_FOR_RECORDS and identifier != NOBODYS_IDENTIFIER
