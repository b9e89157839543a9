from shinsei.api.application.v1 import application_pb2 as _application_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PullScope(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PULL_SCOPE_UNSPECIFIED: _ClassVar[PullScope]
    PULL_SCOPE_APPLICATIONS: _ClassVar[PullScope]
    PULL_SCOPE_STATUSES: _ClassVar[PullScope]

class EntryKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENTRY_KIND_UNSPECIFIED: _ClassVar[EntryKind]
    ENTRY_KIND_CHANGE: _ClassVar[EntryKind]
    ENTRY_KIND_SUBMISSION: _ClassVar[EntryKind]
    ENTRY_KIND_REPLY: _ClassVar[EntryKind]
    ENTRY_KIND_WITHDRAWAL: _ClassVar[EntryKind]
PULL_SCOPE_UNSPECIFIED: PullScope
PULL_SCOPE_APPLICATIONS: PullScope
PULL_SCOPE_STATUSES: PullScope
ENTRY_KIND_UNSPECIFIED: EntryKind
ENTRY_KIND_CHANGE: EntryKind
ENTRY_KIND_SUBMISSION: EntryKind
ENTRY_KIND_REPLY: EntryKind
ENTRY_KIND_WITHDRAWAL: EntryKind

class SubmitRequest(_message.Message):
    __slots__ = ("application", "signed")
    APPLICATION_FIELD_NUMBER: _ClassVar[int]
    SIGNED_FIELD_NUMBER: _ClassVar[int]
    application: _application_pb2.Application
    signed: _application_pb2.SignedApplication
    def __init__(self, application: _Optional[_Union[_application_pb2.Application, _Mapping]] = ..., signed: _Optional[_Union[_application_pb2.SignedApplication, _Mapping]] = ...) -> None: ...

class SubmitResponse(_message.Message):
    __slots__ = ("receipt_number", "submitted_at_ms", "duplicate")
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    SUBMITTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    DUPLICATE_FIELD_NUMBER: _ClassVar[int]
    receipt_number: str
    submitted_at_ms: int
    duplicate: bool
    def __init__(self, receipt_number: _Optional[str] = ..., submitted_at_ms: _Optional[int] = ..., duplicate: _Optional[bool] = ...) -> None: ...

class SubmitBatchRequest(_message.Message):
    __slots__ = ("applications", "signed")
    APPLICATIONS_FIELD_NUMBER: _ClassVar[int]
    SIGNED_FIELD_NUMBER: _ClassVar[int]
    applications: _containers.RepeatedCompositeFieldContainer[_application_pb2.Application]
    signed: _containers.RepeatedCompositeFieldContainer[_application_pb2.SignedApplication]
    def __init__(self, applications: _Optional[_Iterable[_Union[_application_pb2.Application, _Mapping]]] = ..., signed: _Optional[_Iterable[_Union[_application_pb2.SignedApplication, _Mapping]]] = ...) -> None: ...

class SubmitBatchResponse(_message.Message):
    __slots__ = ("outcomes",)
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    outcomes: _containers.RepeatedCompositeFieldContainer[SubmitOutcome]
    def __init__(self, outcomes: _Optional[_Iterable[_Union[SubmitOutcome, _Mapping]]] = ...) -> None: ...

class SubmitOutcome(_message.Message):
    __slots__ = ("receipt_number", "submitted_at_ms", "duplicate", "error")
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    SUBMITTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    DUPLICATE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    receipt_number: str
    submitted_at_ms: int
    duplicate: bool
    error: str
    def __init__(self, receipt_number: _Optional[str] = ..., submitted_at_ms: _Optional[int] = ..., duplicate: _Optional[bool] = ..., error: _Optional[str] = ...) -> None: ...

class GetStatusRequest(_message.Message):
    __slots__ = ("receipt_number",)
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    receipt_number: str
    def __init__(self, receipt_number: _Optional[str] = ...) -> None: ...

class GetStatusResponse(_message.Message):
    __slots__ = ("receipt_number", "submission_id", "municipality", "procedure", "status", "history")
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    SUBMISSION_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    PROCEDURE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    HISTORY_FIELD_NUMBER: _ClassVar[int]
    receipt_number: str
    submission_id: str
    municipality: str
    procedure: int
    status: _application_pb2.ApplicationStatus
    history: _containers.RepeatedCompositeFieldContainer[VisibleTransition]
    def __init__(self, receipt_number: _Optional[str] = ..., submission_id: _Optional[str] = ..., municipality: _Optional[str] = ..., procedure: _Optional[int] = ..., status: _Optional[_Union[_application_pb2.ApplicationStatus, str]] = ..., history: _Optional[_Iterable[_Union[VisibleTransition, _Mapping]]] = ...) -> None: ...

class VisibleTransition(_message.Message):
    __slots__ = ("transition", "visible_from_ms")
    TRANSITION_FIELD_NUMBER: _ClassVar[int]
    VISIBLE_FROM_MS_FIELD_NUMBER: _ClassVar[int]
    transition: _application_pb2.Transition
    visible_from_ms: int
    def __init__(self, transition: _Optional[_Union[_application_pb2.Transition, _Mapping]] = ..., visible_from_ms: _Optional[int] = ...) -> None: ...

class WatchStatusRequest(_message.Message):
    __slots__ = ("receipt_number",)
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    receipt_number: str
    def __init__(self, receipt_number: _Optional[str] = ...) -> None: ...

class WatchStatusResponse(_message.Message):
    __slots__ = ("transition",)
    TRANSITION_FIELD_NUMBER: _ClassVar[int]
    transition: VisibleTransition
    def __init__(self, transition: _Optional[_Union[VisibleTransition, _Mapping]] = ...) -> None: ...

class CorrectRequest(_message.Message):
    __slots__ = ("receipt_number", "n")
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    N_FIELD_NUMBER: _ClassVar[int]
    receipt_number: str
    n: int
    def __init__(self, receipt_number: _Optional[str] = ..., n: _Optional[int] = ...) -> None: ...

class CorrectResponse(_message.Message):
    __slots__ = ("filed_at_ms", "n", "duplicate")
    FILED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    N_FIELD_NUMBER: _ClassVar[int]
    DUPLICATE_FIELD_NUMBER: _ClassVar[int]
    filed_at_ms: int
    n: int
    duplicate: bool
    def __init__(self, filed_at_ms: _Optional[int] = ..., n: _Optional[int] = ..., duplicate: _Optional[bool] = ...) -> None: ...

class WithdrawRequest(_message.Message):
    __slots__ = ("receipt_number",)
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    receipt_number: str
    def __init__(self, receipt_number: _Optional[str] = ...) -> None: ...

class WithdrawResponse(_message.Message):
    __slots__ = ("filed_at_ms", "duplicate")
    FILED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    DUPLICATE_FIELD_NUMBER: _ClassVar[int]
    filed_at_ms: int
    duplicate: bool
    def __init__(self, filed_at_ms: _Optional[int] = ..., duplicate: _Optional[bool] = ...) -> None: ...

class ReactBatchRequest(_message.Message):
    __slots__ = ("run_id", "municipality", "reactions")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    REACTIONS_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    reactions: _containers.RepeatedCompositeFieldContainer[Reaction]
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., reactions: _Optional[_Iterable[_Union[Reaction, _Mapping]]] = ...) -> None: ...

class Reaction(_message.Message):
    __slots__ = ("submission_id", "kind", "n", "filed_at_ms")
    SUBMISSION_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    N_FIELD_NUMBER: _ClassVar[int]
    FILED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    submission_id: str
    kind: _application_pb2.ReactionKind
    n: int
    filed_at_ms: int
    def __init__(self, submission_id: _Optional[str] = ..., kind: _Optional[_Union[_application_pb2.ReactionKind, str]] = ..., n: _Optional[int] = ..., filed_at_ms: _Optional[int] = ...) -> None: ...

class ReactBatchResponse(_message.Message):
    __slots__ = ("outcomes",)
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    outcomes: _containers.RepeatedCompositeFieldContainer[ReactOutcome]
    def __init__(self, outcomes: _Optional[_Iterable[_Union[ReactOutcome, _Mapping]]] = ...) -> None: ...

class ReactOutcome(_message.Message):
    __slots__ = ("duplicate", "error")
    DUPLICATE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    duplicate: bool
    error: str
    def __init__(self, duplicate: _Optional[bool] = ..., error: _Optional[str] = ...) -> None: ...

class UploadAttachmentRequest(_message.Message):
    __slots__ = ("header", "chunk")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    header: AttachmentHeader
    chunk: bytes
    def __init__(self, header: _Optional[_Union[AttachmentHeader, _Mapping]] = ..., chunk: _Optional[bytes] = ...) -> None: ...

class AttachmentHeader(_message.Message):
    __slots__ = ("submission_id", "municipality", "name", "media_type")
    SUBMISSION_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    submission_id: str
    municipality: str
    name: str
    media_type: str
    def __init__(self, submission_id: _Optional[str] = ..., municipality: _Optional[str] = ..., name: _Optional[str] = ..., media_type: _Optional[str] = ...) -> None: ...

class UploadAttachmentResponse(_message.Message):
    __slots__ = ("size", "sha256")
    SIZE_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    size: int
    sha256: str
    def __init__(self, size: _Optional[int] = ..., sha256: _Optional[str] = ...) -> None: ...

class LoginRequest(_message.Message):
    __slots__ = ("client_id", "client_secret", "municipality", "scopes")
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_SECRET_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    SCOPES_FIELD_NUMBER: _ClassVar[int]
    client_id: str
    client_secret: str
    municipality: str
    scopes: _containers.RepeatedScalarFieldContainer[PullScope]
    def __init__(self, client_id: _Optional[str] = ..., client_secret: _Optional[str] = ..., municipality: _Optional[str] = ..., scopes: _Optional[_Iterable[_Union[PullScope, str]]] = ...) -> None: ...

class LoginResponse(_message.Message):
    __slots__ = ("token", "expires_in_s", "scopes")
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_IN_S_FIELD_NUMBER: _ClassVar[int]
    SCOPES_FIELD_NUMBER: _ClassVar[int]
    token: str
    expires_in_s: int
    scopes: _containers.RepeatedScalarFieldContainer[PullScope]
    def __init__(self, token: _Optional[str] = ..., expires_in_s: _Optional[int] = ..., scopes: _Optional[_Iterable[_Union[PullScope, str]]] = ...) -> None: ...

class ListRunsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListRunsResponse(_message.Message):
    __slots__ = ("runs",)
    RUNS_FIELD_NUMBER: _ClassVar[int]
    runs: _containers.RepeatedCompositeFieldContainer[OpenRun]
    def __init__(self, runs: _Optional[_Iterable[_Union[OpenRun, _Mapping]]] = ...) -> None: ...

class OpenRun(_message.Message):
    __slots__ = ("run_id", "municipality", "spec", "closed")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    CLOSED_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    spec: bytes
    closed: bool
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., spec: _Optional[bytes] = ..., closed: _Optional[bool] = ...) -> None: ...

class ListReceiptsRequest(_message.Message):
    __slots__ = ("run_id", "municipality", "wait_until_ms", "wait_ms", "page_size", "page_token")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    WAIT_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    WAIT_MS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    wait_until_ms: int
    wait_ms: int
    page_size: int
    page_token: str
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., wait_until_ms: _Optional[int] = ..., wait_ms: _Optional[int] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListReceiptsResponse(_message.Message):
    __slots__ = ("watermark_ms", "entries", "closed", "next_page_token")
    WATERMARK_MS_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    CLOSED_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    watermark_ms: int
    entries: _containers.RepeatedCompositeFieldContainer[Entry]
    closed: bool
    next_page_token: str
    def __init__(self, watermark_ms: _Optional[int] = ..., entries: _Optional[_Iterable[_Union[Entry, _Mapping]]] = ..., closed: _Optional[bool] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class Entry(_message.Message):
    __slots__ = ("receipt_number", "n", "stamp_ms", "kind", "submission_id", "size", "files", "change")
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    N_FIELD_NUMBER: _ClassVar[int]
    STAMP_MS_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    SUBMISSION_ID_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    receipt_number: str
    n: int
    stamp_ms: int
    kind: EntryKind
    submission_id: str
    size: int
    files: int
    change: bytes
    def __init__(self, receipt_number: _Optional[str] = ..., n: _Optional[int] = ..., stamp_ms: _Optional[int] = ..., kind: _Optional[_Union[EntryKind, str]] = ..., submission_id: _Optional[str] = ..., size: _Optional[int] = ..., files: _Optional[int] = ..., change: _Optional[bytes] = ...) -> None: ...

class GetApplicationRequest(_message.Message):
    __slots__ = ("run_id", "municipality", "receipt_number")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    receipt_number: str
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., receipt_number: _Optional[str] = ...) -> None: ...

class GetApplicationResponse(_message.Message):
    __slots__ = ("application",)
    APPLICATION_FIELD_NUMBER: _ClassVar[int]
    application: _application_pb2.Application
    def __init__(self, application: _Optional[_Union[_application_pb2.Application, _Mapping]] = ...) -> None: ...

class GetApplicationsRequest(_message.Message):
    __slots__ = ("run_id", "municipality", "receipt_numbers")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_NUMBERS_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    receipt_numbers: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., receipt_numbers: _Optional[_Iterable[str]] = ...) -> None: ...

class GetApplicationsResponse(_message.Message):
    __slots__ = ("applications",)
    APPLICATIONS_FIELD_NUMBER: _ClassVar[int]
    applications: _containers.RepeatedCompositeFieldContainer[_application_pb2.Application]
    def __init__(self, applications: _Optional[_Iterable[_Union[_application_pb2.Application, _Mapping]]] = ...) -> None: ...

class DownloadAttachmentRequest(_message.Message):
    __slots__ = ("municipality", "receipt_number", "name")
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    municipality: str
    receipt_number: str
    name: str
    def __init__(self, municipality: _Optional[str] = ..., receipt_number: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class DownloadAttachmentResponse(_message.Message):
    __slots__ = ("chunk",)
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    chunk: bytes
    def __init__(self, chunk: _Optional[bytes] = ...) -> None: ...

class AcknowledgeRequest(_message.Message):
    __slots__ = ("run_id", "municipality", "entries")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    entries: _containers.RepeatedCompositeFieldContainer[EntryKey]
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., entries: _Optional[_Iterable[_Union[EntryKey, _Mapping]]] = ...) -> None: ...

class EntryKey(_message.Message):
    __slots__ = ("receipt_number", "n")
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    N_FIELD_NUMBER: _ClassVar[int]
    receipt_number: str
    n: int
    def __init__(self, receipt_number: _Optional[str] = ..., n: _Optional[int] = ...) -> None: ...

class AcknowledgeResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class PushStatusRequest(_message.Message):
    __slots__ = ("run_id", "municipality", "updates", "watermark_ms")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    UPDATES_FIELD_NUMBER: _ClassVar[int]
    WATERMARK_MS_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    updates: _containers.RepeatedCompositeFieldContainer[StatusUpdate]
    watermark_ms: int
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., updates: _Optional[_Iterable[_Union[StatusUpdate, _Mapping]]] = ..., watermark_ms: _Optional[int] = ...) -> None: ...

class StatusUpdate(_message.Message):
    __slots__ = ("number", "submission_id", "transitions")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    SUBMISSION_ID_FIELD_NUMBER: _ClassVar[int]
    TRANSITIONS_FIELD_NUMBER: _ClassVar[int]
    number: int
    submission_id: str
    transitions: _containers.RepeatedCompositeFieldContainer[_application_pb2.Transition]
    def __init__(self, number: _Optional[int] = ..., submission_id: _Optional[str] = ..., transitions: _Optional[_Iterable[_Union[_application_pb2.Transition, _Mapping]]] = ...) -> None: ...

class PushStatusResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
