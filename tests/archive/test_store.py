"""Bytes by content: whole or not at all, in a folder and behind any fsspec address."""

import fsspec
import pytest

from archive_gateway.rules.frames import Span
from archive_gateway.store import FolderStore, RemoteStore, open_store, receive
from archive_gateway.store.areas import Area
from foundation.errors import UpstreamDown


@pytest.fixture(params=["folder", "remote"])
def kept(request, tmp_path):
    if request.param == "folder":
        return FolderStore(tmp_path / "images")
    return RemoteStore(fsspec.filesystem("memory"), f"/{tmp_path.name}", incoming=tmp_path / "incoming")


def put(store, content, area=Area.OBJECTS):
    incoming = receive([content], store.incoming)
    store.keep(incoming.path, incoming.sha256, area)
    return incoming


def test_what_was_kept_is_read_by_offset(kept):
    incoming = put(kept, b"0123456789")

    assert kept.holds(incoming.sha256)
    assert kept.read(incoming.sha256, [Span(8, 2), Span(0, 3)]) == b"89012"
    assert not incoming.path.exists()


def test_keeping_twice_keeps_once(kept):
    put(kept, b"same")

    assert put(kept, b"same").size == 4


def test_quarantine_is_kept_but_never_read(kept):
    incoming = put(kept, b"suspicious", Area.QUARANTINE)

    assert kept.holds(incoming.sha256, Area.QUARANTINE)
    with pytest.raises(UpstreamDown):
        kept.read(incoming.sha256, [Span(0, 1)])


def test_a_content_that_is_shorter_than_the_index_says_is_a_fault_of_the_store(kept):
    incoming = put(kept, b"short")

    with pytest.raises(UpstreamDown):
        kept.read(incoming.sha256, [Span(0, 50)])


def test_bytes_that_break_off_leave_no_file(tmp_path):
    def broken():
        yield b"begun"
        raise OSError("the line is cut")

    with pytest.raises(OSError, match="line is cut"):
        receive(broken(), tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_an_address_chooses_the_store(tmp_path):
    assert isinstance(open_store((tmp_path / "a").as_uri(), tmp_path), FolderStore)
    assert isinstance(open_store("memory://images", tmp_path), RemoteStore)
