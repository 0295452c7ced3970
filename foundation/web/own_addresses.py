"""Addresses that a browser hands back to us: only a path of our own is followed."""

from urllib.parse import urlsplit

from flask import request


def own_address(address: str, *, otherwise: str = "/") -> str:
    """The address where it is a path of our own; never another site's, however it is disguised."""
    plain = address.startswith("/") and not address.startswith(("//", "/\\")) and "\\" not in address
    return address if plain and address.isprintable() else otherwise


def own_page() -> str:
    """The address of this request, which is a page's."""
    return own_address(request.full_path.rstrip("?"), otherwise="")


def page_stood_on() -> str:
    """The page of ours that this form or script stands on; empty where the browser does not say."""
    stood_on = urlsplit(request.referrer or "")
    if stood_on.netloc != request.host:
        return ""
    query = f"?{stood_on.query}" if stood_on.query else ""
    return own_address(stood_on.path + query, otherwise="")


def list_stood_on(address: str) -> str:
    """The list at this address as the reader had narrowed it, where they come from it; else the whole of it."""
    stood_on = page_stood_on()
    return stood_on if urlsplit(stood_on).path == address else address
