"""The one press with which somebody goes on to the record of a person for whom they may act."""

from typing import Self

from wtforms import HiddenField

from foundation.web.forms import IdempotentForm
from identity.delegations.queries import OtherPerson


class RepresentForm(IdempotentForm):
    """Sent to identity, which asks whether the right still lives."""

    delegation = HiddenField()

    @classmethod
    def of(cls, person: OtherPerson) -> Self:
        return cls(data={"delegation": str(person.delegation_id)})
