"""Our way of serving, with less patience for readers than people get, so that a test of it is soon over."""

from runtime import slow_client_worker
from runtime.serving import *  # noqa: F403 - gunicorn reads every name of it

slow_client_worker.SENT_WITHIN_S = 3.0
