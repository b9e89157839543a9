"""The form of protobuf on the wire, as far as bytes are passed on without being read."""


def contents(message: bytes) -> list[bytes]:
    """What stands in the fields of a message that has nothing but messages, texts and bytes in fields below 16."""
    found, at = [], 0
    while at < len(message):
        at, length, shift = at + 1, 0, 0
        while True:
            byte = message[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte <= 0x7F:  # noqa: PLR2004 - the last one of the length
                break
        found.append(message[at : at + length])
        at += length
    return found
