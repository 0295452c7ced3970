"""Pictures brought to a citizen of the demo region, as an operator does."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from demo.chance import CITIZENS_FROM, snils
from tests.journeys.service import HOUSE, Service


def import_pictures(service: Service, files: Iterable[Path], *, card: int) -> dict:
    """What `import-dicom` tells at its end, having given the pictures to the citizen with this card, counted from one."""
    number = snils(CITIZENS_FROM + card - 1)
    words = ["flask", "--app", "wsgi", "import-dicom", *map(str, files), "--patient", number]
    environ = {**os.environ, "PROFILE": "demo", "DATA_DIR": str(service.data_dir)}
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=HOUSE, env=environ, capture_output=True, check=False, timeout=120
    )
    # Some of them may have been set aside: the account names them.
    assert done.returncode in {0, 3}, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
