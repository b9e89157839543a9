"""The form of protobuf on the wire, as far as bytes are passed on without being read."""


def field(number: int, content: bytes) -> bytes:
    """A field with a message, a text or bytes in it; numbers up to 15."""
    return bytes((number << 3 | 2,)) + varint(len(content)) + content


def number_field(number: int, value: int) -> bytes:
    """A field with a number in it, not negative."""
    return bytes((number << 3,)) + varint(value)


def varint(value: int) -> bytes:
    """A number, seven bits a byte, the lowest first."""
    found = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


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
