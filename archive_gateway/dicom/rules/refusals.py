"""Why a file is not taken in. Said to operators in the closing line of a command, never on a page."""


class FileRefused(Exception):
    """The file claims to be DICOM and cannot be trusted: it goes to quarantine, for this reason."""


class NotDicom(Exception):
    """The file is something else that lies in the same folder; nothing of it is kept."""
