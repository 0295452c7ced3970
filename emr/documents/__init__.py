"""Documents that entries hold or refer to: what can be opened, and its bytes."""
