"""One story a file: a citizen's life as entries of the record. demo.stories.records tells them all."""
