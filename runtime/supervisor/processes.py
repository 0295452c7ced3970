"""What runs, in one place: the steps before the start, and the processes that are kept running."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from foundation.postgres.roles import LOADER, WEB, WORKER
from foundation.settings import Profile, Settings


@dataclass(frozen=True)
class Process:
    """One program.

    Attributes:
        name: names its log file, and it in sentences.
        login: the database role whose address it is given; none where it needs no database.
        decides: it also carries out what people decide, for which it is given the loader's address too.
        port: where it listens, once it is ready.
        awaited: people wait for it, so the others begin only when it listens.
        held_back: it reads its code while the database is being prepared, and lets people in when it is told to.
    """

    name: str
    command: Sequence[str]
    login: str = ""
    decides: bool = False
    port: int | None = None
    awaited: bool = False
    held_back: bool = False


MIGRATIONS = Process("migrations", ("flask", "--app", "wsgi", "migrate"))
DEMO_REGION = Process("demo region", ("demo.first_start",))
DEMO_PEOPLE = Process("demo people", ("flask", "--app", "wsgi", "demo-people"))

# Each listener of the live board holds a thread.
LIVE_BOARD_THREADS = 250


def processes(settings: Settings) -> tuple[Process, ...]:
    """The processes of this profile; those that people wait for first, for they are started first."""
    web = Process(
        "web server",
        (*_gunicorn(settings.port), "wsgi:create_web()"),
        login=WEB,
        port=settings.port,
        awaited=True,
        # In production it asks, before it serves, whose database it is.
        held_back=settings.profile is not Profile.PRODUCTION,
    )
    provider = Process(
        "demo identity provider",
        ("demo.eid_provider",),
        port=settings.provider_port,
        awaited=True,
    )
    live_board = Process(
        "live board",
        (
            *_gunicorn(settings.events_port),
            *("--workers", "1", "--threads", str(LIVE_BOARD_THREADS)),
            "wsgi:create_events()",
        ),
        login=WEB,
        port=settings.events_port,
        awaited=True,
    )
    worker = Process("worker", ("flask", "--app", "wsgi", "work"), login=WORKER, decides=True)
    listener = Process(
        "image listener", ("flask", "--app", "wsgi", "listen-dicom"), login=LOADER, port=settings.dicom_port
    )
    demo = (provider,) if settings.profile is Profile.DEMO else ()
    return (web, *demo, live_board, worker, listener)


def command_line(process: Process) -> list[str]:
    """The words to execute: every program is a module of our own Python's environment."""
    return [sys.executable, "-m", *process.command]


def _gunicorn(port: int) -> tuple[str, ...]:
    return ("gunicorn", "--config", "python:runtime.serving", "--bind", f"127.0.0.1:{port}")
