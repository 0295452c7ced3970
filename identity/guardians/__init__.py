"""The guardian of an adult, entered at the registrar's desk by a document that was seen there, and ended there."""
