"""People and facilities: who they are, how they sign in, who may see whom."""
