"""Who may act for whom: parents by the child's age, guardians by a document, anybody by a person's own grant."""
