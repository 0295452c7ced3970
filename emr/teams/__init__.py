"""The treating team of a patient at a facility: to whom labelled entries open, and who takes whom into it."""
