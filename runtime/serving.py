"""How gunicorn serves us; `gunicorn --config python:runtime.serving 'wsgi:create_web()'`, in production too."""

import gc
import signal
from typing import Any

from gunicorn.http import wsgi

from foundation.child_processes import set_parent_death_signal, wait_for_start_signal

worker_class = "runtime.slow_client_worker.SlowClientWorker"
workers = 2
threads = 8
# Imported once, before the workers part: the database is reached only when somebody asks for a page.
preload_app = True
graceful_timeout = 3
# Heartbeats go to a file; a disk would slow them down.
worker_tmp_dir = "/dev/shm"  # noqa: S108 - gunicorn makes its own unnamed file there
# We write our own log line for each answer, without addresses that name a patient.
accesslog = None
control_socket_disable = True
# What a proxy tells is read by the application (ProxyFix); no header moves us below another path.
forwarder_headers = ""

# Of every answer: which product serves is nobody's to know.
wsgi.SERVER = "web"

# While the application is read nothing of it is garbage; the workers look for some again.
gc.disable()

# A page makes thousands of objects, few of them in circles: looking for those after every 700 took a tenth of a page's time.
GARBAGE_SOUGHT_AFTER = (20_000, 10, 10)


def on_starting(_server: Any) -> None:
    """The application is read, nobody is let in yet: what it needs may still be in preparation."""
    wait_for_start_signal()


def post_fork(_server: Any, _worker: Any) -> None:
    """A worker whose master was killed must not keep the port; and it does not search what stays for ever for garbage."""
    set_parent_death_signal(signal.SIGKILL)
    # The application was read before the workers part: none of it will ever be garbage.
    gc.freeze()
    gc.set_threshold(*GARBAGE_SOUGHT_AFTER)
    gc.enable()
