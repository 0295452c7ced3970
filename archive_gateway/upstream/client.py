"""Asking the archive behind us: the only `requests` of this room.

Whoever asks has passed our own walls already; nothing of theirs (cookies, addresses) goes along, and no address of
the archive comes back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import orjson
import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError
from werkzeug.exceptions import NotAcceptable

from archive_gateway.dicom.rules import tags
from archive_gateway.dicom.rules.transfer_syntax import ANY_BYTES
from archive_gateway.upstream.breaker import Breaker
from foundation.errors import NotFound, UpstreamDown

CONNECT_WITHIN_S = 3.05
ANSWER_WITHIN_S = 30
BLOCK_BYTES = 1 << 18
MOST_JSON_BYTES = 64 << 20
_KEPT_HEADERS = ("Content-Type", "Content-Length", "Content-Encoding", "ETag", "Last-Modified")
# Nothing else is passed on: a page of the archive's own would be shown under our name.
_KINDS = frozenset(
    {"multipart/related", "application/dicom", ANY_BYTES}
    | {"image/jpeg", "image/jls", "image/jp2", "image/jpx", "image/jphc", "image/dicom-rle", "image/png"}
)
# The archive, or what stands before it, is away or overloaded. A plain 500 may speak of one picture only.
_AWAY = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})
_OF_THE_NETWORK = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    HTTPError,
)
_DOWN = "The image archive is not answering."
_BROKEN = "The image archive could not deliver this image."


@dataclass(frozen=True)
class UpstreamAnswer:
    """Headers worth keeping, and the bytes as they come."""

    headers: Mapping[str, str]
    blocks: Iterator[bytes]


class Upstream:
    """One archive, one pool of connections, one breaker before it."""

    def __init__(self, root: str, *, breaker: Breaker | None = None) -> None:
        self._root = root.rstrip("/")
        self._breaker = breaker or Breaker()
        self._session = requests.Session()
        # No proxy, no .netrc of the machine, no cookie of the archive.
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_connections=1, pool_maxsize=16))

    def fetch(self, path: str, *, accept: str) -> UpstreamAnswer:
        """The bytes at an address below the archive's root, streamed.

        Raises:
            NotFound: the archive does not hold it.
            NotAcceptable: it does not hold it in this form.
            UpstreamDown: it does not answer, or answers nonsense.
        """
        answer = self._get(path, accept=accept)
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind not in _KINDS:
            self._breaker.record_success()
            answer.close()
            raise UpstreamDown(_BROKEN)
        headers = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
        return UpstreamAnswer(
            headers, self._watched(answer, answer.raw.stream(BLOCK_BYTES, decode_content=False))
        )

    def read_json(self, path: str, **query: str | int) -> list[dict[str, Any]]:
        """A list of DICOM JSON objects, without any address of the archive in it. Raises as `fetch` does."""
        answer = self._get(path, accept="application/dicom+json", query=query, encoding="gzip")
        if answer.status_code == HTTPStatus.NO_CONTENT:
            return []
        text = _limited(self._watched(answer, answer.iter_content(BLOCK_BYTES)))
        try:
            found = orjson.loads(text) if text else []
        except ValueError as fault:
            raise UpstreamDown(_BROKEN) from fault
        if not isinstance(found, list):
            raise UpstreamDown(_BROKEN)
        return [_without_addresses(each) for each in found if isinstance(each, dict)]

    def _get(
        self,
        path: str,
        *,
        accept: str,
        query: Mapping[str, str | int] | None = None,
        encoding: str = "identity",
    ) -> requests.Response:
        self._breaker.require_closed()
        try:
            answer = self._session.get(
                self._root + path,
                params=query,
                headers={"Accept": accept, "Accept-Encoding": encoding},
                timeout=(CONNECT_WITHIN_S, ANSWER_WITHIN_S),
                stream=True,
                # A redirect could lead anywhere inside the operator's network.
                allow_redirects=False,
            )
        except requests.RequestException as fault:
            self._note(fault)
            raise UpstreamDown(_DOWN) from fault
        if answer.status_code == HTTPStatus.OK:
            return answer
        answer.close()
        if answer.status_code in _AWAY:
            self._breaker.record_failure()
            raise UpstreamDown(_DOWN)
        self._breaker.record_success()
        if answer.status_code == HTTPStatus.NO_CONTENT:
            return answer
        raise _refusal(answer.status_code)

    def _watched(self, answer: requests.Response, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """The body as it comes over the wire; a break in the middle ends the answer short, and the reader notices."""
        try:
            for block in blocks:
                # Not earlier: an archive may greet at once and then have nothing to say.
                self._breaker.record_success()
                yield block
            self._breaker.record_success()
        except (requests.RequestException, HTTPError) as fault:
            self._note(fault)
            raise UpstreamDown(_BROKEN) from fault
        finally:
            answer.close()

    def _note(self, fault: Exception) -> None:
        """Only what the network did counts: a request that cannot even be sent says nothing about the archive."""
        if isinstance(fault, _OF_THE_NETWORK):
            self._breaker.record_failure()


@cache
def open_upstream(root: str) -> Upstream:
    """The archive at this address; one for the whole process. Raises UpstreamDown when none is set up."""
    if not root:
        raise UpstreamDown(_DOWN)
    return Upstream(root)


def _refusal(status: int) -> Exception:
    if status == HTTPStatus.NOT_FOUND:
        return NotFound("There is no such image.")
    if status == HTTPStatus.NOT_ACCEPTABLE:
        return NotAcceptable()
    return UpstreamDown(_BROKEN)


def _limited(blocks: Iterator[bytes]) -> bytes:
    parts, size = [], 0
    for block in blocks:
        size += len(block)
        if size > MOST_JSON_BYTES:
            raise UpstreamDown(_BROKEN)
        parts.append(block)
    return b"".join(parts)


def _without_addresses(members: dict[str, Any]) -> dict[str, Any]:
    """Metadata without BulkDataURI and RetrieveURL: they name a machine that only we may ask."""
    cleaned = {}
    for tag, member in members.items():
        if tag == tags.RETRIEVE_URL or not isinstance(member, dict) or "BulkDataURI" in member:
            continue
        if member.get("vr") == "SQ":
            items = [_without_addresses(item) for item in member.get("Value", ()) if isinstance(item, dict)]
            member = {"vr": "SQ", "Value": items}
        cleaned[tag] = member
    return cleaned
