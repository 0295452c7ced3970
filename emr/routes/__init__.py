"""The addresses of this room."""

from flask import Blueprint

blueprint = Blueprint("emr", __name__)
