"""Every form that changes something carries the version of it that its page has shown."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from wtforms.fields.core import UnboundField
from wtforms.validators import InputRequired

from foundation.web.forms import BaseForm, IdempotentForm, VersionField
from tests.architecture.house import HOUSE, ROOMS, python_files

# What changes nothing that has a version, and why.
WITHOUT = {
    "IdempotentForm": "a parent of others",
    "SearchForm": "finds people, and changes nothing",
    "ChoosePostForm": "a session's post, chosen once",
    "RepresentForm": "a session's record, chosen once",
    "OpenInEmergencyForm": "opens a record, which has no versions",
    "LegalOpeningForm": "enters an opening, which has no versions",
    "EndLegalOpeningForm": "ends one; of several ends the earliest counts",
    "VerdictForm": "a verdict is given once",
    "RaiseObjectionForm": "begins a case; asked again, it is the case that stands",
    "AskForErasureForm": "asks for something; asked again, it is the request that waits",
    "OfferRightForm": "makes an offer, which has no versions",
    "AnswerOfferForm": "an offer is answered once",
    "AddTimesForm": "adds times beside what is there; the database refuses what overlaps",
    "ReopenForm": "opens a closed time again; twice is once",
    "MoveDisplacedForm": "each line that is ticked names the version of its referral",
    "StaffExportForm": "takes a copy, and changes nothing",
    "ShareForm": "makes a link, which has no versions",
    "RevokeShareForm": "ends a link, once",
    "OpenShareForm": "opens a link, which has no versions",
    "EndRightForm": "ends a right or an offer, once",
    "EnterGuardianForm": "enters a guardian, which has no versions",
    "EndGuardianForm": "ends a guardianship, once",
    "EnterEmailForm": "enters an address, which has no versions",
    "EnterEmailAtDeskForm": "enters an address, which has no versions",
    "EnterPhoneForm": "enters a telephone, which has no versions",
    "PressForm": "takes away, confirms or sends again what it names, once",
    "ChooseNoticesForm": "a choice of its owner; the last one stands",
    "ConfirmAddressForm": "confirms an address, once",
    "TakeIntoTeamForm": "who is in the team already stays in it",
    "EndInTeamForm": "ends somebody's place in a team, once",
    "ClosureForm": "closes a record to a facility or opens it again; twice is once",
    "HidingForm": "shows an entry again; twice is once",
    "HideForm": "hides an entry; twice is once",
    "SignOutElsewhereForm": "ends a session, which has no versions",
    "NewPasskeyForm": "adds a passkey, once",
    "RenamePasskeyForm": "its owner's own word for it; the last one stands",
    "EndPasskeyForm": "ends a passkey, once",
    "AskForResetForm": "asks for a reset; it is confirmed or comes to nothing",
    "ConfirmResetForm": "confirms one, once",
    "CeremonyForm": "a script's question",
    "StepUpForm": "answers a challenge, once",
    "AskForRecordForm": "a request, once a day",
    "IdentityForm": "finds people, and changes nothing",
    "EnterCodeForm": "a code, good once",
    "SeenDocumentForm": "gives a code or a link, which have no versions",
    "LinkForm": "answers a request, once",
    "RefuseForm": "answers a request, once",
    "EndLinkForm": "ends a link, once",
    "AnswerConflictForm": "answers a conflict, once",
    "ConfirmPatientForm": "answers a conflict, once",
    "RecordDeathForm": "records a death, which stands once",
    "UndoDeathForm": "undoes the death that it names, once",
    "MergeForm": "joins two records, which stand joined once",
    "UndoMergeForm": "parts the records that it names, once",
    "StaffSearchForm": "finds people, and changes nothing",
    "_NamesForm": "a parent of others",
    "_FacilityDetailsForm": "a parent of others",
    "MemberForm": "enters somebody new",
    "FacilityForm": "enters a facility that is new",
    "PostForm": "gives a post that is new",
}
# What begins something new: it knows the version of its draft, once there is one.
OF_A_DRAFT = {"DraftedForm", "NoteForm", "ReferralForm", "SaveDraftForm", "DiscardForm"}


def test_every_form_that_is_sent_carries_a_version():
    forms = list(_forms())

    assert len(forms) > 12
    assert {each.__name__ for each in forms if not any(_versions_in(each))} == WITHOUT.keys()


def test_a_form_without_its_version_is_refused():
    """Of what stands already; a draft may be none yet."""
    forms = [each for each in _forms() if each.__name__ not in WITHOUT.keys() | OF_A_DRAFT]

    assert len(forms) > 6
    assert [each.__name__ for each in forms if not _insists(each)] == []


@pytest.mark.parametrize("version", [None, VersionField()])
def test_a_planted_form_is_found(version):
    class Planted(IdempotentForm):
        seen_version = version

    assert not _insists(Planted)


def _forms() -> Iterator[type[BaseForm]]:
    for file in python_files(*ROOMS):
        name = file.relative_to(HOUSE).with_suffix("")
        if "forms" in name.parts:
            import_module(".".join(part for part in name.parts if part != "__init__"))
    waiting, seen = [BaseForm], set()
    while waiting:
        for form in waiting.pop().__subclasses__():
            if form.__module__.split(".")[0] in ("foundation", *ROOMS) and form not in seen:
                seen.add(form)
                waiting.append(form)
                yield form


def _versions_in(form: type[BaseForm]) -> Iterator[UnboundField]:
    for each in dir(form):
        field = getattr(form, each, None)
        if isinstance(field, UnboundField) and field.field_class is VersionField:
            yield field


def _insists(form: type[BaseForm]) -> bool:
    validators = [each for field in _versions_in(form) for each in field.kwargs.get("validators", ())]
    return any(isinstance(each, InputRequired) for each in validators)
