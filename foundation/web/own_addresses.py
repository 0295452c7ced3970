"""Addresses that a browser hands back to us: only a path of our own is followed."""

from urllib.parse import urlsplit

from flask import Flask, request
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

# Of a form: the page that it stands on. A form that is shown again stands at an address that takes forms alone.
SENT_FROM = "sent_from"


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(sent_from=sent_from, page_of_forms=page_of_forms)


def own_address(address: str, *, otherwise: str = "/") -> str:
    """The address where it is a path of our own; never another site's, however it is disguised."""
    plain = address.startswith("/") and not address.startswith(("//", "/\\")) and "\\" not in address
    return address if plain and address.isprintable() else otherwise


def own_page() -> str:
    """The address of this request, which is a page's."""
    return own_address(request.full_path.rstrip("?"), otherwise="")


def page_of_forms() -> str:
    """The page that whatever is answered now belongs to: this one, or the one that the form was sent from; empty if unknown."""
    if request.method == "GET":
        return own_page()
    try:
        return own_address(request.form.get(SENT_FROM, ""), otherwise="")
    except HTTPException:  # too large to be read, which is what the answer says
        return ""


def sent_from() -> Markup:
    """The hidden field of every form that says on which page it stands."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(SENT_FROM, page_of_forms())


def page_stood_on() -> str:
    """The page of ours that this form or script stands on; empty where neither the form nor the browser says."""
    if request.method == "POST" and (page := page_of_forms()):
        return page
    stood_on = urlsplit(request.referrer or "")
    if stood_on.netloc != request.host:
        return ""
    query = f"?{stood_on.query}" if stood_on.query else ""
    return own_address(stood_on.path + query, otherwise="")


def list_stood_on(address: str) -> str:
    """The list at this address as the reader had narrowed it, where they come from it; else the whole of it."""
    stood_on = page_stood_on()
    return stood_on if urlsplit(stood_on).path == address else address
