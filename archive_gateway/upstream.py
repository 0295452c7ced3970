"""The existing archive behind us, spoken to by DICOMweb: the only `requests` of this room.

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

from archive_gateway.rules.transfer_syntax import ANY_BYTES
from foundation.errors import NotFound, UpstreamDown

CONNECT_WITHIN_S = 3.05
ANSWER_WITHIN_S = 30
BLOCK_BYTES = 1 << 18
MOST_JSON_BYTES = 256 << 20
STUDIES_A_PAGE = 100
_KEPT_HEADERS = ("Content-Type", "Content-Length", "Content-Encoding", "ETag", "Last-Modified")
# Nothing else is passed on: a page of the archive's own would be shown under our name.
_KINDS = frozenset(
    {"multipart/related", "application/dicom", ANY_BYTES}
    | {"image/jpeg", "image/jls", "image/jp2", "image/jpx", "image/jphc", "image/dicom-rle"}
)
_DOWN = "The image archive is not answering."
_BROKEN = "The image archive could not deliver this image."


@dataclass(frozen=True)
class UpstreamAnswer:
    """Headers worth keeping, and the bytes as they come."""

    headers: Mapping[str, str]
    blocks: Iterator[bytes]


class Upstream:
    """One archive, one pool of connections."""

    def __init__(self, root: str) -> None:
        self._root = root.rstrip("/")
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
            answer.close()
            raise UpstreamDown(_BROKEN)
        headers = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
        return UpstreamAnswer(headers, _blocks(answer))

    def read_json(self, path: str, **query: str | int) -> list[dict[str, Any]]:
        """A list of DICOM JSON objects, without any address of the archive in it. Raises as `fetch` does."""
        answer = self._get(path, accept="application/dicom+json", query=query, encoding="gzip")
        if answer.status_code == HTTPStatus.NO_CONTENT:
            return []
        try:
            text = _limited(answer)
            found = orjson.loads(text) if text else []
        except (requests.RequestException, HTTPError, ValueError) as fault:
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
            raise UpstreamDown(_DOWN) from fault
        if answer.status_code in {HTTPStatus.OK, HTTPStatus.NO_CONTENT}:
            return answer
        answer.close()
        if answer.status_code == HTTPStatus.NOT_FOUND:
            raise NotFound("There is no such image.")
        if answer.status_code == HTTPStatus.NOT_ACCEPTABLE:
            raise NotAcceptable
        raise UpstreamDown(_BROKEN)


@cache
def open_upstream(root: str) -> Upstream:
    """The archive at this address; one for the whole process. Raises UpstreamDown when none is set up."""
    if not root:
        raise UpstreamDown(_DOWN)
    return Upstream(root)


def studies_of_archive(upstream: Upstream, *, patient_identifier: str = "") -> Iterator[dict[str, Any]]:
    """Every study that the archive knows (QIDO-RS, DICOM PS3.18 section 10.6), page by page."""
    query: dict[str, str | int] = {
        "includefield": "00081030,00080080,00100030,00080061",
        "limit": STUDIES_A_PAGE,
    }
    if patient_identifier:
        query["PatientID"] = patient_identifier
    offset, seen = 0, set()
    while page := upstream.read_json("/studies", **query, offset=offset):
        for study in page:
            uid = str(study.get("0020000D", {}).get("Value", [""])[0])
            if uid in seen:
                # The archive does not know pages and has begun again.
                return
            seen.add(uid)
            yield study
        offset += len(page)


def _blocks(answer: requests.Response) -> Iterator[bytes]:
    """The body as it comes over the wire; a break in the middle ends the answer short, and the reader notices."""
    try:
        yield from answer.raw.stream(BLOCK_BYTES, decode_content=False)
    except HTTPError as fault:
        raise UpstreamDown(_BROKEN) from fault
    finally:
        answer.close()


def _limited(answer: requests.Response) -> bytes:
    parts, size = [], 0
    for block in answer.iter_content(BLOCK_BYTES):
        size += len(block)
        if size > MOST_JSON_BYTES:
            answer.close()
            raise UpstreamDown(_BROKEN)
        parts.append(block)
    return b"".join(parts)


def _without_addresses(members: dict[str, Any]) -> dict[str, Any]:
    """Metadata without BulkDataURI and RetrieveURL: they name a machine that only we may ask."""
    cleaned = {}
    for tag, member in members.items():
        if tag == "00081190" or not isinstance(member, dict) or "BulkDataURI" in member:
            continue
        if member.get("vr") == "SQ":
            items = [_without_addresses(item) for item in member.get("Value", ()) if isinstance(item, dict)]
            member = {"vr": "SQ", "Value": items}
        cleaned[tag] = member
    return cleaned
