"""Every request that we send to an identity provider: Authlib's client, within a few seconds and a few kilobytes."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT, private_key_jwt_sign
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from identity.providers.profile import ClientAuthentication, ProviderProfile
from identity.providers.refusals import ProviderDown, SignInRefused

CONNECT_WITHIN_S = 2.0
ANSWER_WITHIN_S = 4.5
LARGEST_ANSWER = 512 * 1024
PIECE = 16 * 1024


class BoundedAdapter(HTTPAdapter):
    """Reads the whole answer here, so that neither a drip of bytes nor a flood of them can hold a request."""

    def __init__(self, within_s: float) -> None:
        self._within_s = within_s
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **keywords: Any) -> requests.Response:
        until = time.monotonic() + self._within_s
        answer = super().send(request, *args, **{**keywords, "stream": True})
        pieces, size = [], 0
        try:
            while piece := answer.raw.read1(PIECE, decode_content=True):
                pieces.append(piece)
                size += len(piece)
                if size > LARGEST_ANSWER or time.monotonic() > until:
                    raise requests.ConnectionError("the answer is too long or too slow")
        except (HTTPError, OSError) as fault:
            raise requests.ConnectionError(str(fault)) from fault
        finally:
            answer.raw.release_conn() if pieces else answer.raw.close()
        answer._content = b"".join(pieces)
        answer._content_consumed = True  # type: ignore[attr-defined]
        return answer


class Transport:
    """The wire to one provider. It fetches; what came is judged elsewhere."""

    def __init__(self, profile: ProviderProfile) -> None:
        self._profile = profile

    def json(
        self, address: str, *, access_token: str = "", within_s: float = ANSWER_WITHIN_S
    ) -> dict[str, Any]:
        """A JSON object from the provider.

        Args:
            within_s: how long anybody waits for it.

        Raises:
            ProviderDown: no answer in time, an error, or no JSON object.
        """
        headers = {"Accept": "application/json"}
        if access_token:
            headers["Authorization"] = f"Bearer {access_token}"
        try:
            with self._session(within_s) as session:
                answer = session.get(address, headers=headers, withhold_token=True, allow_redirects=False)
            if answer.status_code != requests.codes.ok:
                raise ProviderDown("answer.status")
            document = answer.json()
        except (requests.RequestException, ValueError, RecursionError) as fault:
            raise ProviderDown("answer") from fault
        if not isinstance(document, dict):
            raise ProviderDown("answer.shape")
        return document

    def authorization_address(self, endpoint: str, **asked: str) -> str:
        """Where to send the browser."""
        with self._session(
            redirect_uri=asked.pop("redirect_uri"), scope=self._profile.request.scope
        ) as session:
            address, _ = session.create_authorization_url(endpoint, **asked)
        return address

    def redeem(self, endpoint: str, *, code: str, code_verifier: str, redirect_uri: str) -> Mapping[str, Any]:
        """The token answer for a code.

        Raises:
            ProviderDown: no sensible answer in time.
            SignInRefused: the provider does not take the code.
        """
        try:
            with self._session(redirect_uri=redirect_uri) as session:
                session.register_client_auth_method(_ShortLivedAssertion(self._profile, endpoint))
                return session.fetch_token(
                    endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=code_verifier,
                    allow_redirects=False,
                )
        except OAuthError as fault:
            raise SignInRefused("token.endpoint") from fault
        except (requests.RequestException, ValueError, RecursionError) as fault:
            raise ProviderDown("token.endpoint") from fault

    def _session(self, within_s: float = ANSWER_WITHIN_S, **keywords: str) -> OAuth2Session:
        client, trust = self._profile.client, self._profile.trust
        session = OAuth2Session(
            client_id=client.id,
            client_secret=_secret(self._profile),
            token_endpoint_auth_method=client.auth.value,
            code_challenge_method=self._profile.request.pkce,
            default_timeout=(CONNECT_WITHIN_S, within_s),
            **keywords,
        )
        session.trust_env = False  # no password from a netrc, no proxy from the environment
        session.headers["Accept-Encoding"] = "identity"  # nothing that swells when it is unpacked
        session.verify = trust.tls_ca_file or True
        session.mount("https://", BoundedAdapter(within_s))
        session.mount("http://", BoundedAdapter(within_s))
        return session


class _ShortLivedAssertion(PrivateKeyJWT):
    """private_key_jwt whose assertion ends after the profile's seconds; Authlib's own lives an hour."""

    def __init__(self, profile: ProviderProfile, endpoint: str) -> None:
        super().__init__(endpoint, alg=profile.client.alg)
        self._lives_s = profile.client.assertion_ttl_s

    def sign(self, auth: Any, token_endpoint: str) -> str:
        key = auth.client_secret
        return private_key_jwt_sign(
            key,
            client_id=auth.client_id,
            token_endpoint=token_endpoint,
            header={"kid": key.kid} if key.kid else {},
            alg=self.alg,
            expires_in=self._lives_s,
        )


def _secret(profile: ProviderProfile) -> str | RSAKey | ECKey | OKPKey:
    client = profile.client
    if client.auth is ClientAuthentication.PRIVATE_KEY:
        return read_key(Path(client.key_file))
    return client.secret or Path(client.secret_file).read_text(encoding="utf-8").strip()


def read_key(file: Path) -> RSAKey | ECKey | OKPKey:
    """A private key from a JWK or PEM file.

    Raises:
        ValueError: the file holds no such key.
    """
    content = file.read_text(encoding="utf-8")
    for kind in (ECKey, RSAKey, OKPKey):
        try:
            key = kind.import_key(_json(content) or content)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if key.is_private:
            return key
    raise ValueError(f"{file} holds no private key (JWK or PEM)")


def _json(content: str) -> dict | None:
    try:
        value = json.loads(content)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
