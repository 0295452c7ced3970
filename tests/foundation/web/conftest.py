"""For odd input: every address of the service, and a citizen with one of everything."""

from tests.architecture.conftest import (  # noqa: F401 (fixtures)
    addresses,
    applications,
    desk,
    events_app,
    ingestor,
    victim,
)
from tests.identity.conftest import provider, provider_process  # noqa: F401 (fixtures)
