"""`python -m demo.eid_provider`: serve the provider on the port after the web server's."""

import signal
import sys

from werkzeug.serving import WSGIRequestHandler, make_server

from demo.eid_provider.application import create_provider
from foundation.settings import Profile, SettingsRefused, load_settings


class QuietRequestHandler(WSGIRequestHandler):
    """Addresses hold codes and hints; they do not belong in a log."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of a request that was answered."""


def main() -> int:
    """Serve until told to stop."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        settings = load_settings()
        if settings.profile is Profile.PRODUCTION:
            raise SettingsRefused(["the demo identity provider does not run in production"])
        provider = create_provider(settings)
        server = make_server(
            "127.0.0.1", settings.provider_port, provider, threaded=True, request_handler=QuietRequestHandler
        )
    except (SettingsRefused, OSError) as fault:
        print(fault, file=sys.stderr)
        return 1
    print(f"Demo identity provider: {provider.config['ISSUER']}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
