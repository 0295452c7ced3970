"""Why a sign-in was refused: a word for the log, one calm sentence for the person, and what they can do."""

from http import HTTPStatus

from foundation.errors import Refusal, UpstreamDown
from foundation.language.translation import lazy


class SignInFailed(Refusal):
    """What the provider says lets nobody in. `reason` names the failed check, never a value."""

    status = HTTPStatus.BAD_REQUEST

    def __init__(self, sentence: str, *, reason: str) -> None:
        self.reason = reason
        super().__init__(sentence)


class SignInRefused(SignInFailed):
    """The answer that came back is not one we may trust."""

    advice = lazy(
        "This happens when a page is opened twice, when you took longer than ten minutes, or when you cancelled."
    )

    def __init__(self, reason: str) -> None:
        super().__init__(
            "This sign-in could not be completed. Nothing was stored. Please start again.", reason=reason
        )


class ProvenTooWeakly(SignInFailed):
    """The provider knows the person less surely than a record asks for. It is theirs to mend, so they are told."""

    advice = lazy(
        "Have your account there confirmed in person with your passport, or choose a stronger way to sign in. Then start again."
    )

    def __init__(self, reason: str) -> None:
        super().__init__(
            "The sign-in service knows you, but not surely enough to open a medical record. Nothing was stored.",
            reason=reason,
        )


class TooWeakForRecords(ProvenTooWeakly):
    """The provider was believed, and asked for no more than this; our records ask for more."""

    status = HTTPStatus.FORBIDDEN


class PersonHasDied(SignInFailed):
    """A registrar has recorded the death of whoever this is said to be. Only a registrar undoes that."""

    status = HTTPStatus.FORBIDDEN
    advice = lazy(
        "If this is an error, come with your passport to reception at the clinic where you are registered: it is put right at once."
    )

    def __init__(self) -> None:
        super().__init__(
            "The register says that this person has died. Nobody can sign in for them.", reason="death"
        )


class ProviderDown(UpstreamDown):
    """The provider did not answer in time, or not sensibly."""

    advice = ""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__("The sign-in service is not answering. Please try again in a few minutes.")
