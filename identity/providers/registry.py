"""The providers of this service by name: those of the operator's file, or the demo provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from foundation.errors import NotFound
from foundation.settings import Profile, Settings
from identity.providers.demo_profiles import demo_profiles
from identity.providers.profile import Audience
from identity.providers.profile_file import read_profiles
from identity.providers.relying_party import RelyingParty


@dataclass(frozen=True, slots=True)
class Providers:
    """Every way to sign in."""

    by_name: Mapping[str, RelyingParty]

    def named(self, name: str, audience: Audience) -> RelyingParty:
        """One provider.

        Raises:
            NotFound: no such provider, or not one for these people.
        """
        found = self.by_name.get(name)
        if found is None or found.profile.audience is not audience:
            raise NotFound("There is no such way to sign in.")
        return found

    def any_named(self, name: str) -> RelyingParty:
        """One provider, for whomever it is.

        Raises:
            NotFound: no such provider.
        """
        if name not in self.by_name:
            raise NotFound("There is no such way to sign in.")
        return self.by_name[name]

    def for_audience(self, audience: Audience) -> tuple[RelyingParty, ...]:
        return tuple(each for each in self.by_name.values() if each.profile.audience is audience)

    def form_targets(self) -> tuple[str, ...]:
        """The origins at which a form of ours may end, for the form-action of the Content-Security-Policy."""
        return tuple(sorted({origin for each in self.by_name.values() for origin in each.origins}))


def connect_providers(settings: Settings) -> Providers:
    """Read the profiles; no provider is asked anything yet.

    Raises:
        SettingsRefused: the operator's file is not right.
    """
    if settings.identity_providers_file:
        production = settings.profile is Profile.PRODUCTION
        profiles = read_profiles(Path(settings.identity_providers_file), production=production)
    else:
        profiles = demo_profiles(settings)
    return Providers({profile.name: RelyingParty(profile) for profile in profiles})
