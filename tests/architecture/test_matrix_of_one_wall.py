"""Every address answers behind each wall alone as it was reviewed behind both (test_matrix.py)."""

import pytest

from tests.architecture.probing import LEAST_PROBES, REVIEWED, differences, matrix_of

pytestmark = [pytest.mark.usefixtures("unhurried"), pytest.mark.timeout(900)]


@pytest.mark.parametrize("walled", ["row security alone", "the application alone"], indirect=True)
def test_every_address_answers_everybody_as_it_was_reviewed(addresses, visitors, victim, walled):
    walled()

    found = matrix_of(addresses, visitors, victim)

    assert found.asked >= LEAST_PROBES
    assert found.told_apart == []
    assert list(differences(found.lines, REVIEWED.read_text().splitlines())) == []
