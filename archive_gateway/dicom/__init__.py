"""The values of DICOM: identifiers, tags, dates, syntaxes, places of frames. Pure."""
