"""A service of trivial processes, supervised like the real one: run as a program by the tests."""

import contextlib
import os
import sys

from foundation.settings import load_settings
from foundation.supervisor.child import KeepsEnding
from foundation.supervisor.place import require_free_ports, take_folder
from foundation.supervisor.processes import Process
from foundation.supervisor.start import AskedToEnd, Start

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
