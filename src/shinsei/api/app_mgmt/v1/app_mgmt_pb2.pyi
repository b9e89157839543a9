from shinsei.api.application.v1 import application_pb2 as _application_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Case(_message.Message):
    __slots__ = ("application", "status", "method", "resident_number", "stored_at_ms", "history")
    APPLICATION_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    RESIDENT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    STORED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    HISTORY_FIELD_NUMBER: _ClassVar[int]
    application: _application_pb2.Application
    status: _application_pb2.ApplicationStatus
    method: _application_pb2.LinkageMethod
    resident_number: str
    stored_at_ms: int
    history: _containers.RepeatedCompositeFieldContainer[_application_pb2.Transition]
    def __init__(self, application: _Optional[_Union[_application_pb2.Application, _Mapping]] = ..., status: _Optional[_Union[_application_pb2.ApplicationStatus, str]] = ..., method: _Optional[_Union[_application_pb2.LinkageMethod, str]] = ..., resident_number: _Optional[str] = ..., stored_at_ms: _Optional[int] = ..., history: _Optional[_Iterable[_Union[_application_pb2.Transition, _Mapping]]] = ...) -> None: ...

class GetCaseRequest(_message.Message):
    __slots__ = ("receipt_number",)
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    receipt_number: str
    def __init__(self, receipt_number: _Optional[str] = ...) -> None: ...

class GetCaseResponse(_message.Message):
    __slots__ = ("case",)
    CASE_FIELD_NUMBER: _ClassVar[int]
    case: Case
    def __init__(self, case: _Optional[_Union[Case, _Mapping]] = ...) -> None: ...

class GetCasesRequest(_message.Message):
    __slots__ = ("run_id", "municipality", "submission_ids")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    SUBMISSION_IDS_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    submission_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., submission_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class GetCasesResponse(_message.Message):
    __slots__ = ("cases",)
    CASES_FIELD_NUMBER: _ClassVar[int]
    cases: _containers.RepeatedCompositeFieldContainer[Case]
    def __init__(self, cases: _Optional[_Iterable[_Union[Case, _Mapping]]] = ...) -> None: ...

class ListCasesRequest(_message.Message):
    __slots__ = ("run_id", "municipality", "status", "procedure", "method", "page_size", "page_token")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    PROCEDURE_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    status: _application_pb2.ApplicationStatus
    procedure: int
    method: _application_pb2.LinkageMethod
    page_size: int
    page_token: str
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., status: _Optional[_Union[_application_pb2.ApplicationStatus, str]] = ..., procedure: _Optional[int] = ..., method: _Optional[_Union[_application_pb2.LinkageMethod, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListCasesResponse(_message.Message):
    __slots__ = ("cases", "next_page_token")
    CASES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    cases: _containers.RepeatedCompositeFieldContainer[Case]
    next_page_token: str
    def __init__(self, cases: _Optional[_Iterable[_Union[Case, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
