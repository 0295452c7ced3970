"""The archive room: images come in, are kept by content, and go out behind the access walls."""
