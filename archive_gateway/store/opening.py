"""Bytes by content: what is stored under a SHA-256 never changes. A folder by default, any fsspec address by setting."""

from functools import cache
from pathlib import Path

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from archive_gateway.store.folder import FolderStore
from archive_gateway.store.receiving import Incoming, receive
from archive_gateway.store.remote import RemoteStore

Store = FolderStore | RemoteStore

__all__ = ["FolderStore", "Incoming", "RemoteStore", "Store", "open_store", "receive"]


@cache
def open_store(image_store_url: str, data_dir: Path, *, sync_later: bool = False) -> Store:
    """The store at this address.

    Args:
        data_dir: where files wait on their way to a store that is not a folder.
        sync_later: for whoever brings much at once, and tells nobody of it before `sync`.
    """
    file_system, root = url_to_fs(image_store_url)
    if isinstance(file_system, LocalFileSystem):
        return FolderStore(Path(root), sync_later=sync_later)
    return RemoteStore(file_system, root, incoming=data_dir / "incoming")
