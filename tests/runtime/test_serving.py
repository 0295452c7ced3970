"""What gunicorn does with each worker."""

import subprocess
import sys

PARTED = """
import gc
from runtime import serving

kept = len(gc.get_objects())
serving.post_fork(None, None)
print(gc.get_freeze_count() >= kept, gc.get_threshold() == serving.GARBAGE_SOUGHT_AFTER, gc.isenabled())
"""


def test_a_worker_does_not_search_the_application_for_garbage():
    said = subprocess.run([sys.executable, "-c", PARTED], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["True", "True", "True"]
