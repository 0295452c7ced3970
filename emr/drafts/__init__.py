"""What has been typed and not saved yet: kept for its author alone, until it is saved or discarded."""
