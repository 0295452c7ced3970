"""What the browser brings back from the provider, judged before anything is fetched (RFC 6749, 4.1.2; RFC 9207)."""

from collections.abc import Mapping, Sequence

from identity.providers.refusals import SignInRefused

LONGEST_CODE = 2048


def authorization_code(response: Mapping[str, Sequence[str]], *, issuer: str, issuer_required: bool) -> str:
    """The authorization code.

    Args:
        answer: every value of every parameter of the callback's address.
        issuer_required: whether the answer must name its issuer, against mix-up of two providers.

    Raises:
        SignInRefused: the answer names another issuer, carries an error or lacks a single code.
    """
    if any(len(values) != 1 for values in response.values()):
        raise SignInRefused("callback.repeated")
    values = {name: listed[0] for name, listed in response.items()}
    if values.get("iss", issuer) != issuer or (issuer_required and "iss" not in values):
        raise SignInRefused("callback.iss")
    if "error" in values:
        raise SignInRefused("callback.error")
    code = values.get("code", "")
    if not 0 < len(code) <= LONGEST_CODE or not code.isascii() or not code.isprintable():
        raise SignInRefused("callback.code")
    return code
