"""English and Russian: which one the reader wants, and how sentences, dates and pairs are said in it."""
