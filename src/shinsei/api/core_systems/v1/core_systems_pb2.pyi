from shinsei.api.application.v1 import application_pb2 as _application_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class StreamMappingsRequest(_message.Message):
    __slots__ = ("run_id", "municipality", "after_ms", "until_ms")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    AFTER_MS_FIELD_NUMBER: _ClassVar[int]
    UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    after_ms: int
    until_ms: int
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., after_ms: _Optional[int] = ..., until_ms: _Optional[int] = ...) -> None: ...

class StreamMappingsResponse(_message.Message):
    __slots__ = ("mappings",)
    MAPPINGS_FIELD_NUMBER: _ClassVar[int]
    mappings: _containers.RepeatedCompositeFieldContainer[SerialMapping]
    def __init__(self, mappings: _Optional[_Iterable[_Union[SerialMapping, _Mapping]]] = ...) -> None: ...

class SerialMapping(_message.Message):
    __slots__ = ("serial_number", "resident_number", "valid_from_ms", "valid_until_ms")
    SERIAL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    RESIDENT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_MS_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    serial_number: str
    resident_number: str
    valid_from_ms: int
    valid_until_ms: int
    def __init__(self, serial_number: _Optional[str] = ..., resident_number: _Optional[str] = ..., valid_from_ms: _Optional[int] = ..., valid_until_ms: _Optional[int] = ...) -> None: ...

class GetRegistrationRequest(_message.Message):
    __slots__ = ("receipt_number",)
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    receipt_number: str
    def __init__(self, receipt_number: _Optional[str] = ...) -> None: ...

class GetRegistrationResponse(_message.Message):
    __slots__ = ("receipt_number", "submission_id", "core_system", "resident_number", "method", "registered_at_ms", "fields", "batch_id")
    class FieldsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    SUBMISSION_ID_FIELD_NUMBER: _ClassVar[int]
    CORE_SYSTEM_FIELD_NUMBER: _ClassVar[int]
    RESIDENT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    REGISTERED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    receipt_number: str
    submission_id: str
    core_system: str
    resident_number: str
    method: _application_pb2.LinkageMethod
    registered_at_ms: int
    fields: _containers.ScalarMap[str, str]
    batch_id: str
    def __init__(self, receipt_number: _Optional[str] = ..., submission_id: _Optional[str] = ..., core_system: _Optional[str] = ..., resident_number: _Optional[str] = ..., method: _Optional[_Union[_application_pb2.LinkageMethod, str]] = ..., registered_at_ms: _Optional[int] = ..., fields: _Optional[_Mapping[str, str]] = ..., batch_id: _Optional[str] = ...) -> None: ...

class GetOfficeReportRequest(_message.Message):
    __slots__ = ("run_id", "municipality")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ...) -> None: ...

class GetOfficeReportResponse(_message.Message):
    __slots__ = ("watermark_ms", "report")
    WATERMARK_MS_FIELD_NUMBER: _ClassVar[int]
    REPORT_FIELD_NUMBER: _ClassVar[int]
    watermark_ms: int
    report: bytes
    def __init__(self, watermark_ms: _Optional[int] = ..., report: _Optional[bytes] = ...) -> None: ...
