"""The addresses of this room."""

from flask import Blueprint

blueprint = Blueprint("dispatch", __name__)
