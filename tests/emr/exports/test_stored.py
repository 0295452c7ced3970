"""What leaves names the record that stays, and nothing else of it changes."""

from uuid import UUID

import pytest

from emr.exports.rules.stored import of_patient

STAYS, JOINED = UUID(int=1), "Patient/00000000-0000-0000-0000-000000000002"


@pytest.mark.parametrize(
    ("content", "left"),
    [
        ({"subject": {"reference": JOINED}}, {"subject": {"reference": f"Patient/{STAYS}"}}),
        ({"subject": {"reference": "Patient/of-another"}}, {"subject": {"reference": "Patient/of-another"}}),
        ({"reference": [{"reference": JOINED}]}, {"reference": [{"reference": f"Patient/{STAYS}"}]}),
        ({"reference": {"identifier": JOINED}}, {"reference": {"identifier": JOINED}}),
    ],
)
def test_references_lead_to_the_record_that_stays(content, left):
    assert of_patient(content, STAYS, also_named={JOINED}) == left
