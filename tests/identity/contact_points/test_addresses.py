"""Which addresses and telephones can be kept, and how they are written down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.contact_points.rules.addresses import (
    EmailFault,
    email_fault,
    email_on_the_wire,
    normal_email,
    normal_phone,
    printed_phone,
)


@pytest.mark.parametrize(
    ("typed", "kept", "sent"),
    [
        (" anna@Example.RU ", "anna@example.ru", "anna@example.ru"),
        ("Anna.P+notices@example.ru", "Anna.P+notices@example.ru", "Anna.P+notices@example.ru"),
        ("anna@почта.рф", "anna@почта.рф", "anna@xn--80a1acny.xn--p1ai"),
        ("anna@ПОЧТА.РФ", "anna@почта.рф", "anna@xn--80a1acny.xn--p1ai"),
        ("anna@xn--80a1acny.xn--p1ai", "anna@почта.рф", "anna@xn--80a1acny.xn--p1ai"),
    ],
)
def test_an_address_is_kept_in_its_own_letters_and_sent_in_plain_ones(typed, kept, sent):
    assert email_fault(typed) is None
    assert (normal_email(typed), email_on_the_wire(normal_email(typed))) == (kept, sent)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("anna", EmailFault.SHAPE),
        ("@example.ru", EmailFault.SHAPE),
        ("anna@", EmailFault.SHAPE),
        ("an na@example.ru", EmailFault.SHAPE),
        ("anna..p@example.ru", EmailFault.SHAPE),
        ("anna@b@example.ru", EmailFault.SHAPE),
        ('"anna"@example.ru', EmailFault.SHAPE),
        ("anna\r\nBcc: all@example.ru", EmailFault.SHAPE),
        ("anna@example.ru\r\nBcc: all", EmailFault.DOMAIN),
        ("анна@example.ru", EmailFault.LOCAL_LETTERS),
        ("anna@localhost", EmailFault.DOMAIN),
        ("anna@127.0.0.1", EmailFault.DOMAIN),
        ("anna@-example.ru", EmailFault.DOMAIN),
        ("anna@exa mple.ru", EmailFault.DOMAIN),
        (f"{'a' * 65}@example.ru", EmailFault.TOO_LONG),
        (f"{'a' * 10}@{'.'.join(['a' * 60] * 4)}.ru", EmailFault.TOO_LONG),
    ],
)
def test_what_is_no_address_is_told_why(typed, fault):
    assert email_fault(typed) is fault


@given(st.text(max_size=80))
def test_whatever_is_typed_is_an_address_of_one_plain_line_or_none(typed):
    for address in (typed, f"anna@{typed}", f"{typed}@example.ru"):
        if email_fault(address) is None:
            sent = email_on_the_wire(normal_email(address))
            assert sent.isascii()
            assert sent.isprintable()
            assert len(sent) <= 254


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+7 912 345-67-89", "+79123456789"),
        ("8 (912) 345-67-89", "+79123456789"),
        ("79123456789", "+79123456789"),
        ("+77012345678", "+77012345678"),
        ("+49 30 123456", "+4930123456"),
    ],
)
def test_a_telephone_is_kept_with_its_country(typed, kept):
    assert normal_phone(typed) == kept


@pytest.mark.parametrize(
    ("kept", "printed"),
    [
        ("+79123456789", "+7 912 345-67-89"),
        ("+73532123456", "+7 353 212-34-56"),
        ("+4930123456", "+4930123456"),
        ("+791234567", "+791234567"),
        ("", ""),
    ],
)
def test_a_number_of_this_country_is_printed_in_groups_and_another_as_it_is_kept(kept, printed):
    assert printed_phone(kept) == printed


@pytest.mark.parametrize(
    "typed", ["", "912 345-67-89", "call me", "+7 912", "+0123456789", "+1234567890123456", "7912345678+"]
)
def test_what_is_no_telephone_is_none(typed):
    assert normal_phone(typed) is None
