"""The form of protobuf on the wire, where bytes are put together without a message for each part."""

_BYTES = tuple(bytes((value,)) for value in range(0x80))


def field(number: int, content: bytes) -> bytes:
    """A field with a message, a text or bytes in it; numbers up to 15."""
    return _BYTES[number << 3 | 2] + varint(len(content)) + content


def number_field(number: int, value: int) -> bytes:
    """A field with a number in it, not negative."""
    return _BYTES[number << 3] + varint(value)


def varint(value: int) -> bytes:
    """A number, seven bits a byte, the lowest first."""
    if 0 <= value <= 0x7F:  # noqa: PLR2004 - seven bits
        return _BYTES[value]
    found = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
