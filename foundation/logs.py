"""Structured logs: one JSON object a line, made of named fields only, so that no patient data slips in."""

import json
import logging
import sys
import traceback
from collections.abc import Mapping

from foundation.clock import now

_log = logging.getLogger("center")

# Values under other names are refused: a log line is written for the operator, never about a patient.
FIELDS = frozenset(
    {
        "method",
        "endpoint",
        "status",
        "ms",
        "request",
        "fault",
        "where",
        "topic",
        "message",
        "process",
        "provider",
    }
    | {"count", "port", "attempt", "command", "peer", "device", "object"}
)


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {"at": now().isoformat(), "level": record.levelname, "event": record.getMessage()}
        line.update(getattr(record, "fields", {}))
        return json.dumps(line, ensure_ascii=False)


def configure_logging(level: str) -> None:
    """Send our lines to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    _log.handlers[:] = [handler]
    _log.setLevel(level)
    _log.propagate = False


def event(name: str, *, level: int = logging.INFO, **fields: object) -> None:
    """Write one line.

    Raises:
        ValueError: a field is not on the list of fields that can never hold patient data.
    """
    unknown = fields.keys() - FIELDS
    if unknown:
        raise ValueError(f"not a log field: {', '.join(sorted(unknown))}")
    _log.log(level, name, extra={"fields": _shortened(fields)})


def fault(name: str, error: BaseException, **fields: object) -> None:
    """Write where an unforeseen error arose, without its message: messages may quote what a patient typed."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    where = " > ".join(f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno}" for frame in frames)
    event(name, level=logging.ERROR, fault=type(error).__name__, where=where, **fields)


def _shortened(fields: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value if isinstance(value, int | float) else str(value)[:500] for name, value in fields.items()
    }
