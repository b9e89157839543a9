from shinsei.api.application.v1 import application_pb2 as _application_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RunStarted(_message.Message):
    __slots__ = ("run_id", "municipality", "spec")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    spec: bytes
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., spec: _Optional[bytes] = ...) -> None: ...

class RunClosed(_message.Message):
    __slots__ = ("run_id", "municipality")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ...) -> None: ...

class Watermark(_message.Message):
    __slots__ = ("run_id", "municipality", "at_ms", "accepted_before_ms")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_BEFORE_MS_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    at_ms: int
    accepted_before_ms: int
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., at_ms: _Optional[int] = ..., accepted_before_ms: _Optional[int] = ...) -> None: ...

class ChangeMade(_message.Message):
    __slots__ = ("run_id", "municipality", "at_ms", "n", "change")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    N_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    at_ms: int
    n: int
    change: bytes
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., at_ms: _Optional[int] = ..., n: _Optional[int] = ..., change: _Optional[bytes] = ...) -> None: ...

class ApplicationFetched(_message.Message):
    __slots__ = ("fetched_at_ms", "application", "payloads", "taken_as")
    FETCHED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    APPLICATION_FIELD_NUMBER: _ClassVar[int]
    PAYLOADS_FIELD_NUMBER: _ClassVar[int]
    TAKEN_AS_FIELD_NUMBER: _ClassVar[int]
    fetched_at_ms: int
    application: _application_pb2.Application
    payloads: _containers.RepeatedScalarFieldContainer[str]
    taken_as: _application_pb2.TakenAs
    def __init__(self, fetched_at_ms: _Optional[int] = ..., application: _Optional[_Union[_application_pb2.Application, _Mapping]] = ..., payloads: _Optional[_Iterable[str]] = ..., taken_as: _Optional[_Union[_application_pb2.TakenAs, str]] = ...) -> None: ...

class ReactionFetched(_message.Message):
    __slots__ = ("run_id", "submission_id", "receipt_number", "kind", "n", "filed_at_ms", "fetched_at_ms")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    SUBMISSION_ID_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    N_FIELD_NUMBER: _ClassVar[int]
    FILED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    FETCHED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    submission_id: str
    receipt_number: str
    kind: _application_pb2.ReactionKind
    n: int
    filed_at_ms: int
    fetched_at_ms: int
    def __init__(self, run_id: _Optional[str] = ..., submission_id: _Optional[str] = ..., receipt_number: _Optional[str] = ..., kind: _Optional[_Union[_application_pb2.ReactionKind, str]] = ..., n: _Optional[int] = ..., filed_at_ms: _Optional[int] = ..., fetched_at_ms: _Optional[int] = ...) -> None: ...

class WorkRequested(_message.Message):
    __slots__ = ("submission_id", "receipt_number", "procedure", "method", "resident_number", "submitted_at_ms", "opened_at_ms", "fields", "identified", "run_id", "taken_as")
    class FieldsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    SUBMISSION_ID_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    PROCEDURE_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    RESIDENT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    SUBMITTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    OPENED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIED_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    TAKEN_AS_FIELD_NUMBER: _ClassVar[int]
    submission_id: str
    receipt_number: str
    procedure: int
    method: _application_pb2.LinkageMethod
    resident_number: str
    submitted_at_ms: int
    opened_at_ms: int
    fields: _containers.ScalarMap[str, str]
    identified: bool
    run_id: str
    taken_as: _application_pb2.TakenAs
    def __init__(self, submission_id: _Optional[str] = ..., receipt_number: _Optional[str] = ..., procedure: _Optional[int] = ..., method: _Optional[_Union[_application_pb2.LinkageMethod, str]] = ..., resident_number: _Optional[str] = ..., submitted_at_ms: _Optional[int] = ..., opened_at_ms: _Optional[int] = ..., fields: _Optional[_Mapping[str, str]] = ..., identified: _Optional[bool] = ..., run_id: _Optional[str] = ..., taken_as: _Optional[_Union[_application_pb2.TakenAs, str]] = ...) -> None: ...

class WorkProgressed(_message.Message):
    __slots__ = ("run_id", "submission_id", "transitions")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    SUBMISSION_ID_FIELD_NUMBER: _ClassVar[int]
    TRANSITIONS_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    submission_id: str
    transitions: _containers.RepeatedCompositeFieldContainer[_application_pb2.Transition]
    def __init__(self, run_id: _Optional[str] = ..., submission_id: _Optional[str] = ..., transitions: _Optional[_Iterable[_Union[_application_pb2.Transition, _Mapping]]] = ...) -> None: ...

class StatusChanged(_message.Message):
    __slots__ = ("run_id", "submission_id", "receipt_number", "transitions")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    SUBMISSION_ID_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    TRANSITIONS_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    submission_id: str
    receipt_number: str
    transitions: _containers.RepeatedCompositeFieldContainer[_application_pb2.Transition]
    def __init__(self, run_id: _Optional[str] = ..., submission_id: _Optional[str] = ..., receipt_number: _Optional[str] = ..., transitions: _Optional[_Iterable[_Union[_application_pb2.Transition, _Mapping]]] = ...) -> None: ...
