"""A citizen shows somebody outside a part of the record: the links that they gave, and what is seen by them."""
