"""Connections whose answers must begin in time as a whole: a time-out of the socket is renewed by each byte of a header."""

import contextlib
import socket
import threading
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class _Punctual:
    """Cuts the connection whose answer has not begun so long after it was asked for."""

    sock: socket.socket | None
    timeout: float | None

    def getresponse(self) -> Any:
        watching = threading.Timer(float(self.timeout or 0), self._cut)
        watching.daemon = True
        watching.start()
        try:
            return super().getresponse()  # type: ignore[misc]
        finally:
            watching.cancel()

    def _cut(self) -> None:
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


class _Plain(_Punctual, HTTPConnection):
    pass


class _Secured(_Punctual, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecuredPool(HTTPSConnectionPool):
    ConnectionCls = _Secured


class PunctualAdapter(HTTPAdapter):
    """The read time-out of a request is the time within which its answer begins."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)  # type: ignore[no-untyped-call]
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecuredPool}
