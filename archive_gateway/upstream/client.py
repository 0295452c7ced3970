"""Asking the archive behind us: the only `requests` of this room.

Whoever asks has passed our own walls already; nothing of theirs (cookies, addresses) goes along, and no address of
the archive comes back.
"""

import contextlib
import hashlib
import mmap
import os
import tempfile
import threading
import time
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from typing import Any, BinaryIO

import orjson
import requests
from urllib3.exceptions import HTTPError
from werkzeug.exceptions import NotAcceptable

from archive_gateway.upstream.breaker import Breaker
from archive_gateway.upstream.connections import PunctualAdapter
from archive_gateway.upstream.rules.known_shapes import TooDeep, known_members
from archive_gateway.upstream.rules.parts import Labelled, NoParts, Part, parts_of
from foundation.errors import Busy, NotFound, UpstreamDown

CONNECT_WITHIN_S = 3.05
# Until an answer begins; then for all of it, and how quickly it must come once a few seconds have passed.
ANSWER_WITHIN_S = 20
ALL_WITHIN_S = 60.0
LOWEST_BYTES_A_SECOND = 32 << 10
PATIENCE_S = 8.0
# Of the eight threads of a process: so many are lent to the archive behind us, and so many more wait a moment for one of
# them. Together they are what one browser asks for at once.
AT_ONCE, WAITING, WAIT_S = 3, 3, 1.0
BLOCK_BYTES = 1 << 18
MOST_BYTES = 1 << 30
# A scan of two thousand slices takes some 13 MB, with 1.5 million marks of its structure.
MOST_JSON_BYTES = 32 << 20
MOST_JSON_MARKS = 2_000_000
_MARKS = (b"{", b"[", b",")
_JSON = frozenset({"application/dicom+json", "application/json"})
# The archive, or what stands before it, is away or overloaded. A plain 500 may speak of one picture only.
_AWAY = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})
_OF_THE_NETWORK = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    HTTPError,
    ConnectionError,
    TimeoutError,
)
_DOWN = "The image archive is not answering."
_BUSY = "Many people are waiting for the image archive. Try again in a moment."
_BROKEN = "The image archive could not deliver this image."


class TooSlow(HTTPError):
    """An answer does not come to its end in time."""


@dataclass(frozen=True)
class UpstreamAnswer:
    """Pictures, or an object, that have come whole and lie in a file without a name.

    Attributes:
        labelled: what they are, as we read it.
        sha256: of all that came.
    """

    labelled: Labelled
    sha256: str
    file: BinaryIO

    def blocks(self, part: Part) -> Iterator[bytes]:
        """The bytes of a part."""
        at, end = part.offset, part.offset + part.length
        while at < end and (block := os.pread(self.file.fileno(), min(BLOCK_BYTES, end - at), at)):
            at += len(block)
            yield block

    def head(self, part: Part, length: int) -> bytes:
        """The beginning of a part."""
        return os.pread(self.file.fileno(), min(length, part.length), part.offset)


class Upstream:
    """One archive, one pool of connections, one breaker before it; and few threads of ours that wait for it."""

    def __init__(self, root: str, *, breaker: Breaker | None = None) -> None:
        self._root = root.rstrip("/")
        self._breaker = breaker or Breaker()
        self._session = requests.Session()
        # No proxy, no .netrc of the machine, no cookie of the archive.
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, PunctualAdapter(pool_connections=1, pool_maxsize=AT_ONCE))
        self._lent = threading.BoundedSemaphore(AT_ONCE)
        self._admitted = threading.BoundedSemaphore(AT_ONCE + WAITING)
        # The values of one long answer fill a quarter of a gigabyte for a moment.
        self._parsing = threading.Lock()

    def fetch(self, path: str, *, accept: str, parts: int = 1) -> UpstreamAnswer:
        """The pictures or the object at an address below the archive's root, once all of it has come.

        Args:
            parts: how many were asked for.

        Raises:
            NotFound: the archive does not hold it.
            NotAcceptable: it does not hold it in this form.
            UpstreamDown: it does not answer, too slowly, or answers nonsense.
            Busy: others wait for it already.
        """
        # Closed when nobody sends it any more.
        file = tempfile.TemporaryFile()  # noqa: SIM115
        try:
            found = self._fetched(path, accept, file)
            if len(found.labelled.parts) != parts:
                raise UpstreamDown(_BROKEN)
        except BaseException:
            file.close()
            raise
        weakref.finalize(found, file.close)
        return found

    def _fetched(self, path: str, accept: str, file: BinaryIO) -> UpstreamAnswer:
        with self._thread_lent():
            answer = self._get(path, accept=accept)
            digest, size = hashlib.sha256(), 0
            for block in self._watched(answer, most_bytes=MOST_BYTES):
                digest.update(block)
                size += len(block)
                file.write(block)
        file.flush()
        # Asked for as it is: packed bytes under another label would be sent on as pictures.
        if answer.headers.get("Content-Encoding", "identity").strip().lower() != "identity" or not size:
            raise UpstreamDown(_BROKEN)
        try:
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as body:
                labelled = parts_of(answer.headers.get("Content-Type", ""), body)
        except NoParts as fault:
            raise UpstreamDown(_BROKEN) from fault
        return UpstreamAnswer(labelled, digest.hexdigest(), file)

    def read_json(self, path: str, **query: str | int) -> list[dict[str, Any]]:
        """A list of DICOM JSON objects: what the standard knows of them, and no address. Raises as `fetch` does."""
        with self._thread_lent():
            answer = self._get(path, accept="application/dicom+json", query=query, encoding="gzip")
            if answer.status_code == HTTPStatus.NO_CONTENT:
                return []
            text = b"".join(self._watched(answer, most_bytes=MOST_JSON_BYTES, unpack=True))
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind not in _JSON or sum(text.count(mark) for mark in _MARKS) > MOST_JSON_MARKS:
            raise UpstreamDown(_BROKEN)
        try:
            with self._parsing:
                found = orjson.loads(text) if text else []
                if not isinstance(found, list):
                    raise UpstreamDown(_BROKEN)
                return [known_members(each) for each in found if isinstance(each, dict)]
        except (ValueError, TooDeep) as fault:
            raise UpstreamDown(_BROKEN) from fault

    @contextlib.contextmanager
    def _thread_lent(self) -> Iterator[None]:
        """A slow archive holds few of the threads that all pages need."""
        if not self._admitted.acquire(blocking=False):
            raise Busy(_BUSY)
        try:
            if not self._lent.acquire(timeout=WAIT_S):
                raise Busy(_BUSY)
            try:
                yield
            finally:
                self._lent.release()
        finally:
            self._admitted.release()

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

    def _watched(
        self, answer: requests.Response, *, most_bytes: int, unpack: bool = False
    ) -> Iterator[bytes]:
        """The body as it comes over the wire, for as long as it comes quickly enough.

        Raises:
            UpstreamDown: it breaks off, is too slow, or too long.
        """
        begun, size = time.monotonic(), 0
        try:
            while block := answer.raw.read1(BLOCK_BYTES, decode_content=unpack):
                size += len(block)
                if size > most_bytes:
                    self._breaker.record_success()
                    raise UpstreamDown(_BROKEN)
                _require_quick(time.monotonic() - begun, size)
                yield block
            # Not earlier: an archive may greet at once, and then have nothing to say or say it for ever.
            self._breaker.record_success()
        except (requests.RequestException, HTTPError, OSError) as fault:
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


def _require_quick(seconds: float, size: int) -> None:
    """Refuse an answer that drips. Raises TooSlow."""
    if seconds > ALL_WITHIN_S or size < LOWEST_BYTES_A_SECOND * (seconds - PATIENCE_S):
        raise TooSlow
