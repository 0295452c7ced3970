"""The one family of refusals. Each carries a sentence fit for the person who asked, without patient data.

Refusal
├── BadInput      what was sent cannot be understood      422
├── NotSignedIn   nobody knows yet who asks             401
├── NotFound      absent, or not yours to know about      404
│   └── Malformed an address that nothing ever has        400
├── NotAllowed    your role does not do this              403
├── SecondFactorNeeded  prove anew that it is you         403
├── RuleBroken    a medical or booking rule says no       409
├── Stale         somebody else changed it meanwhile      412
├── RateLimited   wait a little before the next time      429
├── Busy          try again in a moment                   503
│   └── DiskFull  there is no room to keep anything       503
└── UpstreamDown  a system behind us did not answer       502
"""

from http import HTTPStatus
from typing import ClassVar


class Refusal(Exception):
    """A plain no. `sentence` is an English message id that may hold %(name)s; `values` fill it in."""

    status: ClassVar[HTTPStatus]

    def __init__(self, sentence: str, **values: object) -> None:
        self.sentence = sentence
        self.values = values
        super().__init__(sentence % values if values else sentence)


class CannotRun(Exception):
    """Why a command or a process cannot do its work, and what helps: one sentence for the operator, in English."""


class BadInput(Refusal):
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NotSignedIn(Refusal):
    status = HTTPStatus.UNAUTHORIZED


class NotFound(Refusal):
    status = HTTPStatus.NOT_FOUND


class Malformed(NotFound):
    """A part of the address is none: whoever asks has made a mistake, and nobody learns of anything by it."""

    status = HTTPStatus.BAD_REQUEST


class NotAllowed(Refusal):
    status = HTTPStatus.FORBIDDEN


class SecondFactorNeeded(Refusal):
    """Whoever is signed in may do this, and must prove first that it is still they."""

    status = HTTPStatus.FORBIDDEN


class RuleBroken(Refusal):
    status = HTTPStatus.CONFLICT


class Stale(Refusal):
    status = HTTPStatus.PRECONDITION_FAILED


class RateLimited(Refusal):
    status = HTTPStatus.TOO_MANY_REQUESTS


class Busy(Refusal):
    status = HTTPStatus.SERVICE_UNAVAILABLE


class DiskFull(Busy):
    """Reading goes on; whatever has to be kept is not."""

    def __init__(self) -> None:
        super().__init__(
            "Nothing can be saved at the moment: there is no room left where the service keeps it. Its operators have to make room."
        )


class UpstreamDown(Refusal):
    status = HTTPStatus.BAD_GATEWAY
