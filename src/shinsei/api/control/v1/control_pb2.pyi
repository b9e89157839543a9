from shinsei.api.application.v1 import application_pb2 as _application_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class StartRunRequest(_message.Message):
    __slots__ = ("run_id", "municipality", "spec", "speed")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    SPEED_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    spec: bytes
    speed: float
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., spec: _Optional[bytes] = ..., speed: _Optional[float] = ...) -> None: ...

class StartRunResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListCorrectionsRequest(_message.Message):
    __slots__ = ("run_id", "municipality", "after_ms")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    AFTER_MS_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    after_ms: int
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., after_ms: _Optional[int] = ...) -> None: ...

class ListCorrectionsResponse(_message.Message):
    __slots__ = ("corrections",)
    CORRECTIONS_FIELD_NUMBER: _ClassVar[int]
    corrections: _containers.RepeatedCompositeFieldContainer[CorrectionRequested]
    def __init__(self, corrections: _Optional[_Iterable[_Union[CorrectionRequested, _Mapping]]] = ...) -> None: ...

class CorrectionRequested(_message.Message):
    __slots__ = ("submission_id", "n", "requested_at_ms", "visible_from_ms")
    SUBMISSION_ID_FIELD_NUMBER: _ClassVar[int]
    N_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    VISIBLE_FROM_MS_FIELD_NUMBER: _ClassVar[int]
    submission_id: str
    n: int
    requested_at_ms: int
    visible_from_ms: int
    def __init__(self, submission_id: _Optional[str] = ..., n: _Optional[int] = ..., requested_at_ms: _Optional[int] = ..., visible_from_ms: _Optional[int] = ...) -> None: ...

class CommitFrontierRequest(_message.Message):
    __slots__ = ("run_id", "municipality", "frontier_ms")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    FRONTIER_MS_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    frontier_ms: int
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., frontier_ms: _Optional[int] = ...) -> None: ...

class CommitFrontierResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class RaiseWatermarkRequest(_message.Message):
    __slots__ = ("run_id", "municipality", "watermark_ms")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    WATERMARK_MS_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    watermark_ms: int
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., watermark_ms: _Optional[int] = ...) -> None: ...

class RaiseWatermarkResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetProgressRequest(_message.Message):
    __slots__ = ("run_id", "municipality", "after_ms", "wait_ms")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    AFTER_MS_FIELD_NUMBER: _ClassVar[int]
    WAIT_MS_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    after_ms: int
    wait_ms: int
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., after_ms: _Optional[int] = ..., wait_ms: _Optional[int] = ...) -> None: ...

class GetProgressResponse(_message.Message):
    __slots__ = ("watermark_ms", "frontier_ms", "returned_ms", "accepted", "registered", "decided", "late", "closed", "open")
    WATERMARK_MS_FIELD_NUMBER: _ClassVar[int]
    FRONTIER_MS_FIELD_NUMBER: _ClassVar[int]
    RETURNED_MS_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    REGISTERED_FIELD_NUMBER: _ClassVar[int]
    DECIDED_FIELD_NUMBER: _ClassVar[int]
    LATE_FIELD_NUMBER: _ClassVar[int]
    CLOSED_FIELD_NUMBER: _ClassVar[int]
    OPEN_FIELD_NUMBER: _ClassVar[int]
    watermark_ms: int
    frontier_ms: int
    returned_ms: int
    accepted: int
    registered: int
    decided: int
    late: int
    closed: bool
    open: int
    def __init__(self, watermark_ms: _Optional[int] = ..., frontier_ms: _Optional[int] = ..., returned_ms: _Optional[int] = ..., accepted: _Optional[int] = ..., registered: _Optional[int] = ..., decided: _Optional[int] = ..., late: _Optional[int] = ..., closed: _Optional[bool] = ..., open: _Optional[int] = ...) -> None: ...

class ListRunsRequest(_message.Message):
    __slots__ = ("include_closed",)
    INCLUDE_CLOSED_FIELD_NUMBER: _ClassVar[int]
    include_closed: bool
    def __init__(self, include_closed: _Optional[bool] = ...) -> None: ...

class ListRunsResponse(_message.Message):
    __slots__ = ("runs",)
    RUNS_FIELD_NUMBER: _ClassVar[int]
    runs: _containers.RepeatedCompositeFieldContainer[RunInfo]
    def __init__(self, runs: _Optional[_Iterable[_Union[RunInfo, _Mapping]]] = ...) -> None: ...

class RunInfo(_message.Message):
    __slots__ = ("run_id", "municipality", "spec", "closed", "watermark_ms", "returned_ms")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    CLOSED_FIELD_NUMBER: _ClassVar[int]
    WATERMARK_MS_FIELD_NUMBER: _ClassVar[int]
    RETURNED_MS_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    spec: bytes
    closed: bool
    watermark_ms: int
    returned_ms: int
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., spec: _Optional[bytes] = ..., closed: _Optional[bool] = ..., watermark_ms: _Optional[int] = ..., returned_ms: _Optional[int] = ...) -> None: ...

class MakeChangeRequest(_message.Message):
    __slots__ = ("run_id", "municipality", "not_before_ms", "change", "change_id")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    NOT_BEFORE_MS_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    CHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    not_before_ms: int
    change: bytes
    change_id: str
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., not_before_ms: _Optional[int] = ..., change: _Optional[bytes] = ..., change_id: _Optional[str] = ...) -> None: ...

class MakeChangeResponse(_message.Message):
    __slots__ = ("at_ms", "n")
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    N_FIELD_NUMBER: _ClassVar[int]
    at_ms: int
    n: int
    def __init__(self, at_ms: _Optional[int] = ..., n: _Optional[int] = ...) -> None: ...

class ListChangesRequest(_message.Message):
    __slots__ = ("run_id", "municipality")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ...) -> None: ...

class ListChangesResponse(_message.Message):
    __slots__ = ("changes",)
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    changes: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, changes: _Optional[_Iterable[bytes]] = ...) -> None: ...

class RevokeCertificatesRequest(_message.Message):
    __slots__ = ("run_id", "municipality", "revocation_list")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    REVOCATION_LIST_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    revocation_list: bytes
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., revocation_list: _Optional[bytes] = ...) -> None: ...

class RevokeCertificatesResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class CloseRunRequest(_message.Message):
    __slots__ = ("run_id", "municipality")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ...) -> None: ...

class CloseRunResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ReadTraceRequest(_message.Message):
    __slots__ = ("run_id", "municipality")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ...) -> None: ...

class ReadTraceResponse(_message.Message):
    __slots__ = ("cases",)
    CASES_FIELD_NUMBER: _ClassVar[int]
    cases: _containers.RepeatedCompositeFieldContainer[CaseTrace]
    def __init__(self, cases: _Optional[_Iterable[_Union[CaseTrace, _Mapping]]] = ...) -> None: ...

class CaseTrace(_message.Message):
    __slots__ = ("submission_id", "receipt_number", "procedure", "submitted_at_ms", "transitions")
    SUBMISSION_ID_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    PROCEDURE_FIELD_NUMBER: _ClassVar[int]
    SUBMITTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    TRANSITIONS_FIELD_NUMBER: _ClassVar[int]
    submission_id: str
    receipt_number: str
    procedure: int
    submitted_at_ms: int
    transitions: _containers.RepeatedCompositeFieldContainer[_application_pb2.Transition]
    def __init__(self, submission_id: _Optional[str] = ..., receipt_number: _Optional[str] = ..., procedure: _Optional[int] = ..., submitted_at_ms: _Optional[int] = ..., transitions: _Optional[_Iterable[_Union[_application_pb2.Transition, _Mapping]]] = ...) -> None: ...

class SetClockRequest(_message.Message):
    __slots__ = ("run_id", "municipality", "speed")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    SPEED_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    speed: float
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., speed: _Optional[float] = ...) -> None: ...

class SetClockResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetStageRequest(_message.Message):
    __slots__ = ("run_id", "municipality", "before_ms")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    BEFORE_MS_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    before_ms: int
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., before_ms: _Optional[int] = ...) -> None: ...

class GetStageResponse(_message.Message):
    __slots__ = ("stage", "watermark_ms", "known", "fingerprint", "lines", "dead_lettered")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    WATERMARK_MS_FIELD_NUMBER: _ClassVar[int]
    KNOWN_FIELD_NUMBER: _ClassVar[int]
    FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    DEAD_LETTERED_FIELD_NUMBER: _ClassVar[int]
    stage: str
    watermark_ms: int
    known: int
    fingerprint: int
    lines: _containers.RepeatedCompositeFieldContainer[LedgerLine]
    dead_lettered: int
    def __init__(self, stage: _Optional[str] = ..., watermark_ms: _Optional[int] = ..., known: _Optional[int] = ..., fingerprint: _Optional[int] = ..., lines: _Optional[_Iterable[_Union[LedgerLine, _Mapping]]] = ..., dead_lettered: _Optional[int] = ...) -> None: ...

class LedgerLine(_message.Message):
    __slots__ = ("line", "method", "count")
    LINE_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    line: str
    method: _application_pb2.LinkageMethod
    count: int
    def __init__(self, line: _Optional[str] = ..., method: _Optional[_Union[_application_pb2.LinkageMethod, str]] = ..., count: _Optional[int] = ...) -> None: ...

class ListStageIdsRequest(_message.Message):
    __slots__ = ("run_id", "municipality", "before_ms", "line")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    BEFORE_MS_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    municipality: str
    before_ms: int
    line: str
    def __init__(self, run_id: _Optional[str] = ..., municipality: _Optional[str] = ..., before_ms: _Optional[int] = ..., line: _Optional[str] = ...) -> None: ...

class ListStageIdsResponse(_message.Message):
    __slots__ = ("submission_ids",)
    SUBMISSION_IDS_FIELD_NUMBER: _ClassVar[int]
    submission_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, submission_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class SetFaultRequest(_message.Message):
    __slots__ = ("flag", "value", "for_ms", "seed")
    FLAG_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    FOR_MS_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    flag: str
    value: int
    for_ms: int
    seed: int
    def __init__(self, flag: _Optional[str] = ..., value: _Optional[int] = ..., for_ms: _Optional[int] = ..., seed: _Optional[int] = ...) -> None: ...

class SetFaultResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ClearFaultRequest(_message.Message):
    __slots__ = ("flag",)
    FLAG_FIELD_NUMBER: _ClassVar[int]
    flag: str
    def __init__(self, flag: _Optional[str] = ...) -> None: ...

class ClearFaultResponse(_message.Message):
    __slots__ = ("cleared",)
    CLEARED_FIELD_NUMBER: _ClassVar[int]
    cleared: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, cleared: _Optional[_Iterable[str]] = ...) -> None: ...

class ListFaultsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListFaultsResponse(_message.Message):
    __slots__ = ("is_allowed", "faults")
    IS_ALLOWED_FIELD_NUMBER: _ClassVar[int]
    FAULTS_FIELD_NUMBER: _ClassVar[int]
    is_allowed: bool
    faults: _containers.RepeatedCompositeFieldContainer[StandingFault]
    def __init__(self, is_allowed: _Optional[bool] = ..., faults: _Optional[_Iterable[_Union[StandingFault, _Mapping]]] = ...) -> None: ...

class StandingFault(_message.Message):
    __slots__ = ("flag", "value", "left_ms", "struck")
    FLAG_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    LEFT_MS_FIELD_NUMBER: _ClassVar[int]
    STRUCK_FIELD_NUMBER: _ClassVar[int]
    flag: str
    value: int
    left_ms: int
    struck: int
    def __init__(self, flag: _Optional[str] = ..., value: _Optional[int] = ..., left_ms: _Optional[int] = ..., struck: _Optional[int] = ...) -> None: ...
