"""Writes the reviewed list of routes anew: `make routes`, then read the difference before committing it."""

import app_factory
from foundation.settings import load_settings
from tests.architecture.test_routes import REVIEWED, listed

if __name__ == "__main__":
    settings = load_settings(
        {"PROFILE": "test", "SECRET_KEY": "only for listing the addresses of the routes"}
    )
    REVIEWED.write_text("\n".join(listed(app_factory.create_app(settings))) + "\n")
