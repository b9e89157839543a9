"""Applications with an attachment of real bytes, which go beside Kafka: uploaded, declared by digest, fetched."""

from collections.abc import Iterator
from hashlib import sha256

from bench.load import Load
from bench.modes import Mode
from bench.payloads import Filing, Payloads
from bench.registered import Registered
from shinsei.api.application.v1.application_pb2 import Attachment
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.contracts.wire import field

MODE = Mode(about="unary submit with an attachment, batched get", size=1, singly=False, lanes=16, fewest_open=60)
CHUNK = 1 << 20
_CALL = "/shinsei.api.portal.v1.PortalService/UploadAttachment"
_ATTACHMENTS = 7
"""Field of an application."""
_BEGINNING = b"%PDF-1.7\n"
_NAME, _TYPE = "attachment.pdf", "application/pdf"


class Uploads(Load):
    """Each application has one attachment of this size."""

    def __init__(self, target: str, payloads: Payloads, mode: Mode, registered: Registered, *, size: int) -> None:
        super().__init__(target, payloads, mode, registered)
        self._content = _BEGINNING + b"\x5a" * (size - len(_BEGINNING))
        declared = Attachment(name=_NAME, media_type=_TYPE, size=size, sha256=sha256(self._content).hexdigest())
        payloads.attached = field(_ATTACHMENTS, declared.SerializeToString())
        self._upload = self.channels[0].stream_unary(
            _CALL,
            request_serializer=api.UploadAttachmentRequest.SerializeToString,
            response_deserializer=api.UploadAttachmentResponse.FromString,
        )

    async def before(self, filing: Filing) -> None:
        """The upload, ahead of the application that declares it."""
        header = api.AttachmentHeader(
            submission_id=filing.submission_id, municipality=filing.municipality, name=_NAME, media_type=_TYPE
        )
        await self._upload(self._parts(header))

    def _parts(self, header: api.AttachmentHeader) -> Iterator[api.UploadAttachmentRequest]:
        yield api.UploadAttachmentRequest(header=header)
        for start in range(0, len(self._content), CHUNK):
            yield api.UploadAttachmentRequest(chunk=self._content[start : start + CHUNK])
