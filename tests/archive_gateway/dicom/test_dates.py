"""Dates and times as devices write them."""

from datetime import date, time

from archive_gateway.dicom.rules.dates import read_date, read_time


def test_dates_and_times_are_read_as_devices_write_them():
    assert read_date("20260305") == read_date("2026.03.05") == date(2026, 3, 5)
    assert read_date("20261305") is read_date("") is read_date("yesterday") is None
    assert read_time("134501.25") == read_time("13:45:01") == time(13, 45, 1)
    assert read_time("1345") == time(13, 45)
    assert read_time("235960") == time(23, 59, 59)
    assert read_time("x") is read_time("2561") is None
