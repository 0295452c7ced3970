"""Our way of serving, with less patience for readers than people get, so that a test of it is soon over."""

from foundation import prompt_worker
from foundation.serving import *  # noqa: F403 - gunicorn reads every name of it

prompt_worker.SENT_WITHIN_S = 3.0
