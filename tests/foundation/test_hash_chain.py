"""What is hashed is written in one way, and a chain of hashes tells where it breaks."""

from decimal import Decimal
from uuid import UUID

import orjson
import pytest

from foundation.canonical_json import canonical_json, digest_of, read_json
from foundation.hash_chain import Break, Link, breaks_in

ONE, OTHER = UUID(int=1), UUID(int=2)
WHOLE = [Link(ONE, 1, "a", ""), Link(ONE, 2, "b", "a"), Link(ONE, 3, "c", "b"), Link(OTHER, 1, "d", "")]


def test_decimals_keep_the_digits_they_came_with():
    assert canonical_json(read_json('{"b": 1.10, "a": 100.0}')) == '{"a":100.0,"b":1.10}'
    assert digest_of({"a": Decimal("1.10")}) != digest_of({"a": Decimal("1.1")})


def test_it_is_what_other_encoders_write_with_sorted_names():
    said = {
        "ы": "".join(map(chr, range(0x20))) + '"\\\x7f\u2028🩺',
        "b": [ONE, None, True, -7],
        "a": {"d": 1, "c": ""},
    }

    assert canonical_json(said).encode() == orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


@pytest.mark.parametrize("at_once", [1, 2, 4])
def test_whole_chains_have_no_break_however_they_are_portioned(at_once):
    assert _breaks(WHOLE, at_once) == []


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([*WHOLE[:1], *WHOLE[2:]], (ONE, 3, "chain")),
        (WHOLE[1:], (ONE, 2, "chain")),
        ([WHOLE[0], WHOLE[1]._replace(previous_sha256="x"), *WHOLE[2:]], (ONE, 2, "chain")),
        ([WHOLE[0], WHOLE[1]._replace(number=3), WHOLE[2]._replace(number=4), WHOLE[3]], (ONE, 3, "chain")),
        ([*WHOLE[:3], WHOLE[3]._replace(previous_sha256="c")], (OTHER, 1, "chain")),
        ([WHOLE[0]._replace(fault="content"), *WHOLE[1:]], (ONE, 1, "content")),
        ([WHOLE[0]._replace(fault="signature"), *WHOLE[1:]], (ONE, 1, "signature")),
        ([WHOLE[0]._replace(fault="signature", number=0), *WHOLE[2:]], (ONE, 0, "chain")),
    ],
)
def test_the_first_break_is_named_with_its_reason(links, expected):
    assert _breaks(links, 2)[0] == expected


def _breaks(links: list[Link], at_once: int) -> list[Break]:
    """Those of one portion after another, each going on after the one before."""
    portions = [links[start : start + at_once] for start in range(0, len(links), at_once)]
    lasts = [None, *(each[-1] for each in portions)]
    return [
        found for each, last in zip(portions, lasts, strict=False) for found in breaks_in(each, before=last)
    ]
