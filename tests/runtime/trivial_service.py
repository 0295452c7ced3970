"""A service of trivial processes, supervised like the real one: run as a program by the tests."""

import contextlib
import os
import sys

from foundation.settings import load_settings
from runtime.supervisor.child import RestartLimitReached
from runtime.supervisor.preflight import lock_data_folder, require_free_ports
from runtime.supervisor.processes import Process
from runtime.supervisor.start import ShutdownRequested, Supervisor

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

with contextlib.closing(lock_data_folder(settings.data_dir)), contextlib.suppress(ShutdownRequested):
    require_free_ports(settings, wanted)
    supervisor = Supervisor(settings, wanted)
    with supervisor.database() as embedded:
        assert embedded is not None
        embedded.start()
        try:
            supervisor.run_forever(embedded)
        except RestartLimitReached as fault:
            sys.exit(str(fault))
