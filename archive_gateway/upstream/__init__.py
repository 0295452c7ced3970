"""The existing archive behind us, spoken to by DICOMweb."""

from archive_gateway.upstream.client import Upstream, UpstreamAnswer, open_upstream
from archive_gateway.upstream.studies import studies_of_archive

__all__ = ["Upstream", "UpstreamAnswer", "open_upstream", "studies_of_archive"]
