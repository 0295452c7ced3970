"""The border: how FHIR bundles of other systems are read, checked and made ours. Pure; nothing here is stored."""

from emr.border.bundles import UNNAMED_SOURCE, Incoming, IncomingBundle, read_bundle
from emr.border.references import resolved, subject_of
from emr.border.refusals import BundleRefused

__all__ = [
    "UNNAMED_SOURCE",
    "BundleRefused",
    "Incoming",
    "IncomingBundle",
    "read_bundle",
    "resolved",
    "subject_of",
]
