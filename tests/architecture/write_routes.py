"""Writes the reviewed list of routes anew: `make routes`, then read the difference before committing it."""

import app_factory
from foundation.settings import load_settings
from tests.architecture.test_routes import REVIEWED, listed

if __name__ == "__main__":
    settings = load_settings(
        {
            "PROFILE": "test",
            "SECRET_KEY": "only for listing the addresses of the routes",
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        }
    )
    applications = {
        "pages": app_factory.create_app(settings),
        "events": app_factory.create_events(settings),
    }
    REVIEWED.write_text("\n".join(listed(applications)) + "\n")
