"""What is typed into a long form, and how its script keeps it."""

from emr.drafts.actions import Typed
from emr.drafts.enumerations import DraftForm
from tests.emr.notes.factories import TYPED
from tests.pages import hidden_fields

SECRET = "Не закончено  и никому\tне видно"


def typed(version: int = 0, **content: str) -> Typed:
    return Typed(DraftForm.NOTE, {**TYPED, "complaints": SECRET, **content}, version)


def keep(desk, patient, page, **words: str):
    """What the form's script sends."""
    hidden = hidden_fields(page)
    return desk.post(
        f"/emr/patients/{patient.id}/drafts/{hidden['draft_id']}", data={**hidden, **TYPED, **words}
    )
