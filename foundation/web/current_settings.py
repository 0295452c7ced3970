"""The settings of the application that answers."""

from typing import cast

from flask import current_app

from foundation.settings import Settings


def current_settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])
