"""The addresses of this room."""

from flask import Blueprint

blueprint = Blueprint("portal", __name__)
