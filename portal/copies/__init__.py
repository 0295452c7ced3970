"""A copy of everything that is kept about a person, for them to keep (Federal law 152-FZ, article 14, part 7)."""
