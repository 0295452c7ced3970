"""The citizen's pages of hiding an entry from the staff and showing it again."""
