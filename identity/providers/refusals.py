"""Why a sign-in was refused: a word for the log, one calm sentence for the person."""

from http import HTTPStatus

from foundation.errors import Refusal, UpstreamDown


class SignInRefused(Refusal):
    """The answer that came back is not one we may trust. `reason` names the failed check, never a value."""

    status = HTTPStatus.BAD_REQUEST

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__("This sign-in could not be completed. Nothing was stored. Please start again.")


class ProviderDown(UpstreamDown):
    """The provider did not answer in time, or not sensibly."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__("The sign-in service is not answering. Please try again in a few minutes.")
