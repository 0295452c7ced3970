"""The reference for starting: the same database and the same web server, with the smallest page that asks it something."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg2
from flask import Flask

from foundation.child_processes import parent_death_signal_hook
from foundation.postgres.embedded.running import running
from foundation.postgres.roles import WEB, libpq_url


def create_app() -> Flask:
    app = Flask(__name__)

    @app.get("/")
    def show() -> str:
        with contextlib.closing(psycopg2.connect(os.environ["DATABASE_URL"])) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT 'Good morning'")
            return str(cursor.fetchone())

    return app


def main() -> None:
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:runtime.serving"]
    with running(Path(os.environ["DATA_DIR"])) as address:
        web = subprocess.Popen(
            [
                *gunicorn,
                "--bind",
                f"127.0.0.1:{os.environ['PORT']}",
                "benchmarks.smallest_service:create_app()",
            ],
            env={**os.environ, "DATABASE_URL": libpq_url(address.url(WEB))},
            stderr=subprocess.DEVNULL,
            preexec_fn=parent_death_signal_hook(signal.SIGKILL),
        )
        with contextlib.suppress(KeyboardInterrupt):
            web.wait()
        web.terminate()
        web.wait()


if __name__ == "__main__":
    main()
