"""Headers of many objects, packed for one answer."""
