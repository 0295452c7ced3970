"""What is right in the archive: pure words about addresses, frames, syntaxes and answers."""
