"""Bytes by content: whole or not at all, in a folder, behind any fsspec address, and in a bucket that speaks S3."""

import fsspec
import pytest

from archive_gateway.backups.actions import carry, contents_of, settle
from archive_gateway.dicom.rules.frames import Span
from archive_gateway.ingestion.ingestor import Ingestor
from archive_gateway.store.areas import Area
from archive_gateway.store.folder import FolderStore
from archive_gateway.store.opening import open_store
from archive_gateway.store.receiving import receive
from archive_gateway.store.remote import RemoteStore
from foundation.errors import UpstreamDown
from tests.archive_gateway.dicom.factories import data_set, write
from tests.archive_gateway.dicomweb.multipart import parts_of
from tests.archive_gateway.peers import object_store
from tests.archive_gateway.storing import store_file
from tests.ports import free_port

FRAME = 'multipart/related; type="application/octet-stream"'


@pytest.fixture(scope="module")
def bucket():
    """The address of a bucket, reached as an operator's would be: by the names that the S3 client reads."""
    with object_store() as address, pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", address)
        environment.setenv("AWS_ACCESS_KEY_ID", "of the tests")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "of the tests")
        environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
        fsspec.filesystem("s3").mkdir("images")
        yield "s3://images"


@pytest.fixture(params=["folder", "memory", "s3"])
def kept(request, tmp_path):
    match request.param:
        case "folder":
            return FolderStore(tmp_path / "images")
        case "memory":
            return RemoteStore(
                fsspec.filesystem("memory"), f"/{tmp_path.name}", incoming=tmp_path / "incoming"
            )
        case "s3":
            return open_store(f"{request.getfixturevalue('bucket')}/{tmp_path.name}", tmp_path)


def put(store, content, area=Area.OBJECTS):
    incoming = receive([content], store.incoming)
    store.keep(incoming.path, incoming.sha256, area)
    return incoming


def test_contents_are_carried_into_a_folder_and_back_once(kept, tmp_path):
    served, set_aside = put(kept, b"0123456789"), put(kept, b"broken", Area.QUARANTINE)
    kept_elsewhere = FolderStore(tmp_path / "elsewhere", sync_later=True)
    names = {f"{Area.OBJECTS}/{served.sha256}", f"{Area.QUARANTINE}/{set_aside.sha256}"}

    there = [carry(kept, kept_elsewhere, on_progress=lambda _: None) for _ in range(2)]
    back = carry(kept_elsewhere, kept, on_progress=lambda _: None)

    assert [set(each.contents) for each in (*there, back)] == [names] * 3
    assert [each.copied for each in (*there, back)] == [2, 0, 0]
    assert kept_elsewhere.read(served.sha256, [Span(0, 10)]) == b"0123456789"
    assert not list(kept_elsewhere.incoming.iterdir())


def test_what_is_no_content_is_neither_carried_nor_taken_away(tmp_path):
    store, target = FolderStore(tmp_path / "images"), FolderStore(tmp_path / "backup")
    content, another = put(store, b"0123456789"), "f" * 64
    folder = tmp_path / "images" / "objects" / content.sha256[:2] / content.sha256[2:4]
    for name in (".directory", "Thumbs.db", f"{content.sha256}~", content.sha256.upper(), another):
        (folder / name).write_bytes(b"left by somebody")
    (folder / ("0" * 64)).mkdir()

    carried = carry(store, target, on_progress=lambda _: None)
    settle(store, carried, named=set())

    assert (carried.contents, carried.damaged) == ([f"{Area.OBJECTS}/{content.sha256}"], [])
    assert list(contents_of(target)) == [(Area.OBJECTS, content.sha256)]
    assert len(list(folder.iterdir())) == 7


def test_a_bucket_s_other_objects_are_no_contents(tmp_path):
    memory = fsspec.filesystem("memory")
    store = RemoteStore(memory, f"/{tmp_path.name}", incoming=tmp_path / "incoming")
    content = put(store, b"0123456789")
    folder = f"/{tmp_path.name}/objects/{content.sha256[:2]}/{content.sha256[2:4]}"
    for address in (f"{folder}/.keep", f"{folder}/{'f' * 64}", f"/{tmp_path.name}/objects/README"):
        memory.pipe_file(address, b"left by somebody")

    assert list(store.contents(Area.OBJECTS)) == [content.sha256]


def test_an_emptied_store_is_filled_again(kept, tmp_path):
    source = FolderStore(tmp_path / "backup")
    incoming = put(source, b"another content of the test")

    carried = carry(source, kept, on_progress=lambda _: None)

    assert (carried.copied, carried.bytes, carried.damaged) == (1, 27, [])
    assert kept.read(incoming.sha256, [Span(0, 7)]) == b"another"


@pytest.mark.parametrize("left", [b"", b"012345678x"])
def test_what_lies_there_already_is_believed_only_by_its_digest(kept, tmp_path, left):
    content = put(kept, b"0123456789")
    target = FolderStore(tmp_path / "elsewhere", sync_later=True)
    carry(kept, target, on_progress=lambda _: None)
    (file,) = (tmp_path / "elsewhere" / "objects").glob("??/??/*")
    file.write_bytes(left)

    again = carry(kept, target, on_progress=lambda _: None)

    assert (again.copied, again.damaged) == (1, [])
    assert b"".join(target.blocks(content.sha256, Area.OBJECTS)) == b"0123456789"


def test_what_only_an_attempt_before_brought_stays_where_it_is_whole_and_named(kept, tmp_path):
    target = FolderStore(tmp_path / "elsewhere", sync_later=True)
    lost, harmed = put(target, b"lost"), put(target, b"harmed")
    put(target, b"stray")
    (tmp_path / "elsewhere" / "objects" / harmed.sha256[:2] / harmed.sha256[2:4] / harmed.sha256).write_bytes(
        b""
    )
    carried = carry(kept, target, on_progress=lambda _: None)

    settle(target, carried, named={lost.sha256, harmed.sha256})

    assert carried.only_here == carried.contents == [f"objects/{lost.sha256}"]
    assert list(contents_of(target)) == [(Area.OBJECTS, lost.sha256)]


def test_a_store_that_holds_less_than_the_name_says_is_mended(kept, tmp_path):
    whole = FolderStore(tmp_path / "whole")
    content = put(whole, b"0123456789")
    shorter = receive([b""], kept.incoming)
    kept.keep(shorter.path, content.sha256)

    carried = carry(whole, kept, on_progress=lambda _: None)

    assert carried.copied == 1
    assert kept.read(content.sha256, [Span(0, 10)]) == b"0123456789"


def test_an_empty_file_that_a_power_cut_left_is_no_content(kept):
    content = receive([b"0123456789"], kept.incoming)
    kept.keep(receive([b""], kept.incoming).path, content.sha256)

    kept.keep(content.path, content.sha256)

    assert kept.read(content.sha256, [Span(0, 10)]) == b"0123456789"


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


def test_a_content_of_many_blocks_is_read_in_order(kept):
    content = b"".join(number.to_bytes(4, "big") for number in range(600_000))

    incoming = put(kept, content)

    assert kept.read(incoming.sha256, [Span(0, len(content))]) == content


def test_a_content_that_is_not_there_is_a_fault_of_the_store(kept):
    assert not kept.holds("ab" * 32)
    with pytest.raises(UpstreamDown):
        kept.read("ab" * 32, [Span(0, 1)])


def test_a_content_that_is_shorter_than_the_index_says_is_a_fault_of_the_store(kept):
    incoming = put(kept, b"short")

    with pytest.raises(UpstreamDown):
        kept.read(incoming.sha256, [Span(0, 50)])


def test_pictures_are_taken_into_a_bucket_and_shown_from_it(
    bucket, app, monkeypatch, people, as_loader, client_for, tmp_path
):
    settings = app.extensions["settings"].model_copy(update={"image_store_url": f"{bucket}/shown"})
    monkeypatch.setitem(app.extensions, "settings", settings)
    patient = people.patient()
    made = data_set(patient=patient)
    image = write(made, tmp_path / "a")

    with Ingestor.at(settings) as ingestor, as_loader() as session:
        store_file(session, image.path, ingestor=ingestor)
    answer = client_for(patient.actor).get(f"/archive{image.address}/frames/1", headers={"Accept": FRAME})

    assert parts_of(answer)[0][1] == made.PixelData
    assert fsspec.filesystem("s3").find("images/shown")


def test_a_bucket_that_is_away_is_a_fault_of_the_store(tmp_path):
    away = fsspec.filesystem(
        "s3",
        endpoint_url=f"http://127.0.0.1:{free_port()}",
        key="of the tests",
        secret="of the tests",
        config_kwargs={"retries": {"max_attempts": 1}},
    )
    store = RemoteStore(away, "images", incoming=tmp_path)
    incoming = receive([b"some"], tmp_path)

    with pytest.raises(UpstreamDown):
        store.read(incoming.sha256, [Span(0, 1)])
    with pytest.raises(OSError, match="not answering"):
        store.keep(incoming.path, incoming.sha256)
    assert incoming.path.read_bytes() == b"some"


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
