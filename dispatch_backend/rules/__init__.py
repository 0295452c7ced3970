"""What is right in the dispatching of referrals: states, legal terms, ranking, history. Pure."""
