"""The addresses of this room."""

from flask import Blueprint

blueprint = Blueprint("interop", __name__)
