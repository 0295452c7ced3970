"""A service of trivial processes, supervised like the real one: run as a program by the tests."""

import contextlib
import os
import sys

from foundation.settings import load_settings
from runtime.supervisor.child import KeepsEnding
from runtime.supervisor.preflight import require_free_ports, take_folder
from runtime.supervisor.processes import Process
from runtime.supervisor.start import AskedToEnd, Start

settings = load_settings()
wanted = [
    Process(
        "web server",
        ("http.server", str(settings.port), "--bind", "127.0.0.1"),
        port=settings.port,
        awaited=True,
    ),
    Process("worker", ("http.server", str(settings.events_port), "--bind", "127.0.0.1")),
]
if os.environ.get("WITH_BROKEN"):
    wanted.append(Process("broken one", ("no_such_module",)))

with contextlib.closing(take_folder(settings.data_dir)), contextlib.suppress(AskedToEnd):
    require_free_ports(settings, wanted)
    start = Start(settings)
    with start.database() as embedded:
        assert embedded is not None
        embedded.start()
        try:
            start.keep(wanted, embedded)
        except KeepsEnding as fault:
            sys.exit(str(fault))
