"""`load-dispatch-reference`, as an operator runs it."""

import json
import shutil
from functools import partial

import pytest

from dispatch_backend.actions.reference import REFERENCE


@pytest.fixture
def load(command):
    return partial(command, "load-dispatch-reference")


def test_the_reference_is_entered_once(load):
    load()

    again = load()

    assert (again.exit_code, json.loads(again.stdout)) == (0, {"services": 0, "waiting_terms": 0})


@pytest.mark.parametrize(
    ("services", "sentence"),
    [
        (None, "This cannot be done: No such file or directory"),
        ("code\tkind\nX\tnonsense\n", "The tables in"),
        ("something else\n1\n", "The tables in"),
    ],
)
def test_tables_that_cannot_be_read_are_told_in_one_sentence(load, tmp_path, services, sentence):
    shutil.copy(REFERENCE / "waiting_terms.tsv", tmp_path)
    if services:
        (tmp_path / "services.tsv").write_text(services)

    result = load("--folder", tmp_path)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(sentence)
    assert str(tmp_path) in result.stderr
    assert result.stderr.count("\n") == 1
