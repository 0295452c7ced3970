"""A citizen lets somebody outside see a chosen part of the record, by a link and a code, for a while."""
