"""The provider as a Flask application: parts put together, headers on every answer."""

import secrets

from flask import Flask, Response

from demo.eid_provider import logout, routes
from demo.eid_provider.cards import read_cards
from demo.eid_provider.clients import registered_clients
from demo.eid_provider.memory import Memory
from demo.eid_provider.server import IdentityProvider, assemble
from demo.eid_provider.signing import signing_key
from foundation.settings import Settings
from identity.providers.demo_profiles import demo_issuer


def create_provider(settings: Settings) -> Flask:
    """The provider of this instance; its people come from DATA_DIR/demo/people.json when the demo region has made it."""
    app = Flask("demo.eid_provider")
    issuer = demo_issuer(settings)
    identity_provider = IdentityProvider(
        issuer=issuer,
        key=signing_key(settings.data_dir),
        clients=registered_clients(settings),
        memory=Memory(),
    )
    app.config.update(
        ISSUER=issuer,
        SECRET_KEY=secrets.token_hex(32),
        # The service lives on the same host, and cookies do not tell ports apart.
        SESSION_COOKIE_NAME="demo_eid",
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.extensions["identity_provider"] = identity_provider
    app.extensions["cards"] = lambda: read_cards(settings.data_dir / "demo" / "people.json")
    app.extensions["server"], app.extensions["guard"] = assemble(app, identity_provider)
    logout.register_end_session(app.extensions["server"], identity_provider)
    app.register_blueprint(routes.blueprint)
    app.after_request(lambda answer: _finish(answer, identity_provider))
    return app


def _finish(answer: Response, identity_provider: IdentityProvider) -> Response:
    # Chromium holds a form's target against the redirects that follow it, so the clients' origins are named.
    targets = sorted(
        {"/".join(client.redirect_uri.split("/")[:3]) for client in identity_provider.clients.values()}
    )
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {' '.join(targets)}"
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer
