"""Reading provider profiles from the operator's TOML file. Unknown keys are an error that names them."""

import tomllib
from pathlib import Path

from foundation.settings import SettingsRefused
from identity.providers.profile import ProviderProfile
from identity.providers.profile_faults import faults_of
from identity.providers.profile_tables import TableReader


def read_profiles(file: Path, *, production: bool) -> tuple[ProviderProfile, ...]:
    """Every `[[provider]]` of the file.

    Raises:
        SettingsRefused: naming each fault with its place in the file.
    """
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise _refused(file, [str(fault)]) from fault
    reader = TableReader()
    reader.refuse_unknown(document, {"provider"})
    entries = document.get("provider")
    if not isinstance(entries, list) or not entries:
        raise _refused(file, [*reader.faults, "there is no [[provider]]"])
    read = [
        reader.read(ProviderProfile, entry, f"provider[{number}]") for number, entry in enumerate(entries, 1)
    ]
    profiles: tuple[ProviderProfile, ...] = tuple(profile for profile in read if profile is not None)
    faults = [*reader.faults, *_repeated_names(profiles)]
    faults += [fault for profile in profiles for fault in faults_of(profile, production=production)]
    if faults:
        raise _refused(file, faults)
    return profiles


def _repeated_names(profiles: tuple[ProviderProfile, ...]) -> list[str]:
    names = [profile.name for profile in profiles]
    return [
        f"the name {name!r} is used twice"
        for name in sorted({each for each in names if names.count(each) > 1})
    ]


def _refused(file: Path, faults: list[str]) -> SettingsRefused:
    return SettingsRefused([f"IDENTITY_PROVIDERS_FILE {file}: {fault}" for fault in faults])
