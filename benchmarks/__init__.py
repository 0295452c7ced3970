"""One file per question: each measures ours and a reference in one run, and ends with one line of JSON."""
