"""Reading what the archive sends as multipart/related."""

from email.parser import BytesParser


def parts_of(answer) -> list[tuple[str, bytes]]:
    """The parts of a multipart/related answer: the content type and the bytes of each."""
    head = f"Content-Type: {answer.headers['Content-Type']}\r\n\r\n".encode()
    message = BytesParser().parsebytes(head + answer.data)
    assert message.is_multipart()
    found = []
    boundary = b"--" + message.get_boundary().encode()
    for block in answer.data.split(boundary)[1:-1]:
        head, _, body = block.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        kind = next(line for line in head.decode().splitlines() if line.startswith("Content-Type:"))
        found.append((kind.removeprefix("Content-Type:").strip(), body.removesuffix(b"\r\n")))
    return found
