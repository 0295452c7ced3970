"""Documents on paper: a template of ours and words become a PDF, set by typst in a child with narrow limits (docs/decisions/0032-paper.md)."""
