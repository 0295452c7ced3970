"""Files that are made to take long: each is refused in time that grows with its size alone."""

import time

import pytest

from emr.fhir_import.validation.bundles import read_bundle
from emr.fhir_import.validation.refusals import BundleRefused

MEGABYTE = 1_000_000
# Far more than reading once takes, far less than reading again from every place.
SOON_S = 20


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b'"' + b'\\"' * (MEGABYTE // 2), "is not JSON"),
        (b'"' + b'\\"' * (MEGABYTE // 2) + b"\\", "is not JSON"),
        (b'"' + b"a" * MEGABYTE, "is not JSON"),
        (b'"\\' * (MEGABYTE // 2), "is not JSON"),
        (
            b"{"
            + b",".join(b'"%d": 1' % number for number in range(MEGABYTE // 12))
            + b', "last": 1, "last": 2}',
            "names 'last' twice",
        ),
    ],
    ids=["unclosed", "unclosed after a backslash", "unclosed and plain", "backslashes", "twice at the end"],
)
def test_a_file_that_is_made_to_take_long_is_refused_soon(raw, why):
    began = time.monotonic()

    with pytest.raises(BundleRefused) as caught:
        read_bundle(raw, source="urn:test")

    assert why in caught.value.why
    assert time.monotonic() - began < SOON_S


def test_brackets_within_texts_do_not_count():
    with pytest.raises(BundleRefused) as caught:
        read_bundle(b'"\\"' + b"[" * 1000 + b'"', source="urn:test")

    assert caught.value.why == "is not a JSON object, so no resource of FHIR"
