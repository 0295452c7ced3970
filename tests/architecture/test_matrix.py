"""Who is answered how at every address, about their own, a foreign and an absent object, as it was reviewed.

`WRITE_MATRIX=1 make tests TESTS=tests/architecture/test_matrix.py` writes the file anew: read the difference before it is kept.
Behind each wall alone: test_matrix_of_one_wall.py, which another process runs meanwhile.
"""

import os

import pytest

from tests.architecture.probing import LEAST_PROBES, REVIEWED, differences, matrix_of

pytestmark = [pytest.mark.usefixtures("unhurried"), pytest.mark.timeout(900)]


def test_every_address_answers_everybody_as_it_was_reviewed(addresses, visitors, victim):
    found = matrix_of(addresses, visitors, victim)

    if os.environ.get("WRITE_MATRIX"):
        REVIEWED.write_text("\n".join(found.lines) + "\n")
    assert found.asked >= LEAST_PROBES
    assert found.told_apart == []
    assert list(differences(found.lines, REVIEWED.read_text().splitlines())) == []


@pytest.mark.parametrize(
    ("lines", "differing"),
    [
        (["GET /a: 200/404/404 doctor"], 0),
        (["GET /a: 200/200/404 doctor"], 1),
        (["GET /a: 200/404/404 doctor", "GET /new: 200/-/- doctor"], 1),
        ([], 1),
    ],
)
def test_another_answer_a_new_address_and_one_that_is_gone_are_found(lines, differing):
    assert len(list(differences(lines, ["GET /a: 200/404/404 doctor"]))) == differing
