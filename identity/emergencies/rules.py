"""What whoever opens a record in an emergency, or judges it, must say."""

SHORTEST_WORDS, LONGEST_WORDS = 20, 1000
