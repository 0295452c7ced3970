"""Whom a registrar looks up, a whole identity and never a part of a name; and what was seen when an account is linked."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Self
from uuid import UUID

from wtforms import BooleanField, DateField, RadioField, StringField, validators
from wtforms.validators import InputRequired, Length, Optional

from foundation.errors import NotFound
from foundation.language.translation import gettext, lazy
from foundation.web.forms import BaseForm, IdempotentForm, SelectChoice, SelectField
from identity.confirmations.enumerations import DocumentKind, LinkEndReason
from identity.confirmations.rules import SeenDocument
from identity.patients.queries.identities import WholeIdentity
from identity.people.forms import document_number_field
from identity.people.rules.snils import normal_snils, written_snils
from identity.record_requests.enumerations import RefusalReason

LONGEST_NAME = 200
TOO_LONG = lazy("That is too long to search for.")


class IdentityForm(BaseForm):
    snils = StringField(
        lazy("SNILS"), description=lazy("All eleven digits"), validators=[Length(max=20, message=TOO_LONG)]
    )
    family_name = StringField(lazy("Family name"), validators=[Length(max=LONGEST_NAME, message=TOO_LONG)])
    given_name = StringField(lazy("Given name"), validators=[Length(max=LONGEST_NAME, message=TOO_LONG)])
    middle_name = StringField(
        lazy("Middle name, if there is one"), validators=[Length(max=LONGEST_NAME, message=TOO_LONG)]
    )
    born_on = DateField(lazy("Date of birth"), validators=[Optional()])

    def validate(self, extra_validators=None):
        return super().validate(extra_validators) and self._is_whole()

    def _is_whole(self) -> bool:
        typed = (self.snils.data or "").strip()
        if typed:
            if not normal_snils(typed):
                self.snils.errors = [
                    gettext("This SNILS has a mistake in it: its last two digits do not fit the others.")
                ]
        elif not (self.named and self.born_on.data):
            self.snils.errors = [
                gettext("Type a whole SNILS, or the family name, the given name and the date of birth.")
            ]
        return not self.snils.errors

    @classmethod
    def of(cls, asked: WholeIdentity) -> Self:
        """The form as it was filled in for whom was asked."""
        return cls(data={**asdict(asked), "snils": written_snils(asked.snils) if asked.snils else ""})

    @property
    def named(self) -> bool:
        return bool((self.family_name.data or "").strip() and (self.given_name.data or "").strip())

    @property
    def asked(self) -> WholeIdentity:
        """Of a valid form."""
        snils = normal_snils((self.snils.data or "").strip())
        if snils:
            return WholeIdentity(snils=snils)
        names = (self.family_name, self.given_name, self.middle_name)
        family, given, middle = (" ".join((each.data or "").split()) for each in names)
        return WholeIdentity("", family, given, middle, self.born_on.data)


def written_identity(asked: WholeIdentity) -> str:
    """Whom was asked for, as it is sealed in an address."""
    return json.dumps(asdict(asked), default=str, ensure_ascii=False)


def read_identity(written: str | None) -> WholeIdentity:
    """The same read again. Raises NotFound where it is none."""
    try:
        told = json.loads(written or "")
        born = told["born_on"]
        return WholeIdentity(**{**told, "born_on": date.fromisoformat(born) if born else None})
    except (ValueError, KeyError, TypeError):
        raise NotFound("Record not found.") from None


DOCUMENT_WORDS = {
    DocumentKind.PASSPORT: lazy("Passport of a citizen of Russia"),
    DocumentKind.FORM_2P: lazy("Form 2P in place of a passport"),
    DocumentKind.BIRTH_CERTIFICATE: lazy("Birth certificate"),
    DocumentKind.FOREIGN_PASSPORT: lazy("Passport of another country"),
    DocumentKind.RESIDENCE_PERMIT: lazy("Residence permit"),
    DocumentKind.REFUGEE_DOCUMENT: lazy("Document of a refugee"),
    DocumentKind.MILITARY_CARD: lazy("Military card"),
}
REFUSAL_CHOICES = {
    RefusalReason.NO_DOCUMENT: lazy("No document was shown"),
    RefusalReason.ANOTHER_PERSON: lazy("The document is another person’s"),
    RefusalReason.NO_RECORD: lazy("We have no record of this person"),
    RefusalReason.ACCOUNT_EXISTS: lazy("Another account opens the record already"),
}
END_WORDS = {
    LinkEndReason.NOT_THE_PERSON: lazy("The account is another person’s"),
    LinkEndReason.BY_MISTAKE: lazy("It was linked by mistake"),
    LinkEndReason.PERSON_ASKED: lazy("The person asked for it"),
}
# Of two forms on one page, what the fields of the second begin with.
REFUSAL_PREFIX, END_PREFIX = "refusal-", "end-"


class SeenDocumentForm(IdempotentForm):
    """What the person at the desk has shown."""

    document_kind = SelectField(
        lazy("Document that you were shown"),
        choices=[
            SelectChoice("", lazy("Choose")),
            *(SelectChoice(each.value, words) for each, words in DOCUMENT_WORDS.items()),
        ],
        validators=[InputRequired(lazy("Choose which document you were shown."))],
    )
    document_number = document_number_field()
    in_hand = BooleanField(
        lazy("I hold the original; its photograph and name are of the person before me"),
        validators=[InputRequired(lazy("Nobody is linked without their document. Look at it first."))],
    )

    @property
    def seen(self) -> SeenDocument:
        """Of a valid form."""
        return SeenDocument(DocumentKind(self.document_kind.data), self.document_number.data or "")


class LinkForm(SeenDocumentForm):
    # That it is one of the candidates is the action's to say.
    patient = RadioField(
        lazy("Whose record is it?"),
        choices=[],
        validate_choice=False,
        validators=[InputRequired(lazy("Choose whose record it is.")), validators.UUID()],
    )

    def offer(self, patients: Iterable[tuple[UUID, str]]) -> None:
        """One choice for each candidate."""
        self.patient.choices = [SelectChoice(str(patient_id), name) for patient_id, name in patients]


class RefuseForm(IdempotentForm):
    reason = RadioField(
        lazy("Why is nothing linked?"),
        choices=[SelectChoice(each.value, words) for each, words in REFUSAL_CHOICES.items()],
        validators=[InputRequired(lazy("Say why."))],
    )


class EndLinkForm(IdempotentForm):
    link = RadioField(
        lazy("Which link?"),
        choices=[],
        validate_choice=False,
        validators=[InputRequired(lazy("Choose the link that ends.")), validators.UUID()],
    )
    reason = RadioField(
        lazy("Why does it end?"),
        choices=[SelectChoice(each.value, words) for each, words in END_WORDS.items()],
        validators=[InputRequired(lazy("Say why."))],
    )

    def offer(self, links: Iterable[tuple[UUID, str]]) -> None:
        """One choice for each link that stands."""
        self.link.choices = [SelectChoice(str(link_id), words) for link_id, words in links]
