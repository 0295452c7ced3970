"""The border: how FHIR bundles of other systems are read, checked and made ours. Pure; nothing here is stored."""

from emr.border.bundles import Incoming, IncomingBundle, read_bundle
from emr.border.references import resolved, subject_of
from emr.border.refusals import BundleRefused

__all__ = ["BundleRefused", "Incoming", "IncomingBundle", "read_bundle", "resolved", "subject_of"]
