from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LinkageMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LINKAGE_METHOD_UNSPECIFIED: _ClassVar[LinkageMethod]
    LINKAGE_METHOD_TRANSCRIPTION: _ClassVar[LinkageMethod]
    LINKAGE_METHOD_RPA: _ClassVar[LinkageMethod]
    LINKAGE_METHOD_SCREEN_IMPORT: _ClassVar[LinkageMethod]
    LINKAGE_METHOD_BATCH_IMPORT: _ClassVar[LinkageMethod]
    LINKAGE_METHOD_STANDARD_API: _ClassVar[LinkageMethod]
    LINKAGE_METHOD_ONE_STOP_SERVICE: _ClassVar[LinkageMethod]

class ApplicationStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    APPLICATION_STATUS_UNSPECIFIED: _ClassVar[ApplicationStatus]
    APPLICATION_STATUS_SUBMITTED: _ClassVar[ApplicationStatus]
    APPLICATION_STATUS_FETCHED: _ClassVar[ApplicationStatus]
    APPLICATION_STATUS_QUARANTINED: _ClassVar[ApplicationStatus]
    APPLICATION_STATUS_STORED: _ClassVar[ApplicationStatus]
    APPLICATION_STATUS_UNIDENTIFIED: _ClassVar[ApplicationStatus]
    APPLICATION_STATUS_IDENTIFIED: _ClassVar[ApplicationStatus]
    APPLICATION_STATUS_CORRECTION_REQUESTED: _ClassVar[ApplicationStatus]
    APPLICATION_STATUS_CHECKED: _ClassVar[ApplicationStatus]
    APPLICATION_STATUS_WAITING_FOR_LINKAGE: _ClassVar[ApplicationStatus]
    APPLICATION_STATUS_LINKING: _ClassVar[ApplicationStatus]
    APPLICATION_STATUS_REGISTERED: _ClassVar[ApplicationStatus]
    APPLICATION_STATUS_EXAMINED: _ClassVar[ApplicationStatus]
    APPLICATION_STATUS_GRANTED: _ClassVar[ApplicationStatus]
    APPLICATION_STATUS_DENIED: _ClassVar[ApplicationStatus]
    APPLICATION_STATUS_NOTIFIED: _ClassVar[ApplicationStatus]
    APPLICATION_STATUS_NOT_ACCEPTED: _ClassVar[ApplicationStatus]
    APPLICATION_STATUS_WITHDRAWN: _ClassVar[ApplicationStatus]
    APPLICATION_STATUS_EXPIRED: _ClassVar[ApplicationStatus]
    APPLICATION_STATUS_DEAD_LETTERED: _ClassVar[ApplicationStatus]
    APPLICATION_STATUS_LAPSED: _ClassVar[ApplicationStatus]
    APPLICATION_STATUS_TRANSFERRED: _ClassVar[ApplicationStatus]

class ApplicationAction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    APPLICATION_ACTION_UNSPECIFIED: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_SUBMIT: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_FETCH: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_QUARANTINE: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_RELEASE: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_STORE: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_FAIL_IDENTIFICATION: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_IDENTIFY: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_REQUEST_CORRECTION: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_CORRECT: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_CHECK: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_QUEUE_FOR_LINKAGE: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_START_LINKAGE: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_RETURN_TO_QUEUE: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_REGISTER: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_EXAMINE: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_GRANT: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_DENY: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_NOTIFY: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_NOT_ACCEPT: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_WITHDRAW: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_EXPIRE: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_DEAD_LETTER: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_LAPSE: _ClassVar[ApplicationAction]
    APPLICATION_ACTION_TRANSFER: _ClassVar[ApplicationAction]

class ReactionKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REACTION_KIND_UNSPECIFIED: _ClassVar[ReactionKind]
    REACTION_KIND_REPLY: _ClassVar[ReactionKind]
    REACTION_KIND_WITHDRAWAL: _ClassVar[ReactionKind]

class TakenAs(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TAKEN_AS_UNSPECIFIED: _ClassVar[TakenAs]
    TAKEN_AS_WHOLE: _ClassVar[TakenAs]
    TAKEN_AS_QUARANTINED: _ClassVar[TakenAs]
    TAKEN_AS_LAPSED: _ClassVar[TakenAs]
LINKAGE_METHOD_UNSPECIFIED: LinkageMethod
LINKAGE_METHOD_TRANSCRIPTION: LinkageMethod
LINKAGE_METHOD_RPA: LinkageMethod
LINKAGE_METHOD_SCREEN_IMPORT: LinkageMethod
LINKAGE_METHOD_BATCH_IMPORT: LinkageMethod
LINKAGE_METHOD_STANDARD_API: LinkageMethod
LINKAGE_METHOD_ONE_STOP_SERVICE: LinkageMethod
APPLICATION_STATUS_UNSPECIFIED: ApplicationStatus
APPLICATION_STATUS_SUBMITTED: ApplicationStatus
APPLICATION_STATUS_FETCHED: ApplicationStatus
APPLICATION_STATUS_QUARANTINED: ApplicationStatus
APPLICATION_STATUS_STORED: ApplicationStatus
APPLICATION_STATUS_UNIDENTIFIED: ApplicationStatus
APPLICATION_STATUS_IDENTIFIED: ApplicationStatus
APPLICATION_STATUS_CORRECTION_REQUESTED: ApplicationStatus
APPLICATION_STATUS_CHECKED: ApplicationStatus
APPLICATION_STATUS_WAITING_FOR_LINKAGE: ApplicationStatus
APPLICATION_STATUS_LINKING: ApplicationStatus
APPLICATION_STATUS_REGISTERED: ApplicationStatus
APPLICATION_STATUS_EXAMINED: ApplicationStatus
APPLICATION_STATUS_GRANTED: ApplicationStatus
APPLICATION_STATUS_DENIED: ApplicationStatus
APPLICATION_STATUS_NOTIFIED: ApplicationStatus
APPLICATION_STATUS_NOT_ACCEPTED: ApplicationStatus
APPLICATION_STATUS_WITHDRAWN: ApplicationStatus
APPLICATION_STATUS_EXPIRED: ApplicationStatus
APPLICATION_STATUS_DEAD_LETTERED: ApplicationStatus
APPLICATION_STATUS_LAPSED: ApplicationStatus
APPLICATION_STATUS_TRANSFERRED: ApplicationStatus
APPLICATION_ACTION_UNSPECIFIED: ApplicationAction
APPLICATION_ACTION_SUBMIT: ApplicationAction
APPLICATION_ACTION_FETCH: ApplicationAction
APPLICATION_ACTION_QUARANTINE: ApplicationAction
APPLICATION_ACTION_RELEASE: ApplicationAction
APPLICATION_ACTION_STORE: ApplicationAction
APPLICATION_ACTION_FAIL_IDENTIFICATION: ApplicationAction
APPLICATION_ACTION_IDENTIFY: ApplicationAction
APPLICATION_ACTION_REQUEST_CORRECTION: ApplicationAction
APPLICATION_ACTION_CORRECT: ApplicationAction
APPLICATION_ACTION_CHECK: ApplicationAction
APPLICATION_ACTION_QUEUE_FOR_LINKAGE: ApplicationAction
APPLICATION_ACTION_START_LINKAGE: ApplicationAction
APPLICATION_ACTION_RETURN_TO_QUEUE: ApplicationAction
APPLICATION_ACTION_REGISTER: ApplicationAction
APPLICATION_ACTION_EXAMINE: ApplicationAction
APPLICATION_ACTION_GRANT: ApplicationAction
APPLICATION_ACTION_DENY: ApplicationAction
APPLICATION_ACTION_NOTIFY: ApplicationAction
APPLICATION_ACTION_NOT_ACCEPT: ApplicationAction
APPLICATION_ACTION_WITHDRAW: ApplicationAction
APPLICATION_ACTION_EXPIRE: ApplicationAction
APPLICATION_ACTION_DEAD_LETTER: ApplicationAction
APPLICATION_ACTION_LAPSE: ApplicationAction
APPLICATION_ACTION_TRANSFER: ApplicationAction
REACTION_KIND_UNSPECIFIED: ReactionKind
REACTION_KIND_REPLY: ReactionKind
REACTION_KIND_WITHDRAWAL: ReactionKind
TAKEN_AS_UNSPECIFIED: TakenAs
TAKEN_AS_WHOLE: TakenAs
TAKEN_AS_QUARANTINED: TakenAs
TAKEN_AS_LAPSED: TakenAs

class Applicant(_message.Message):
    __slots__ = ("name", "birth_date", "address")
    NAME_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DATE_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    name: str
    birth_date: str
    address: str
    def __init__(self, name: _Optional[str] = ..., birth_date: _Optional[str] = ..., address: _Optional[str] = ...) -> None: ...

class Attachment(_message.Message):
    __slots__ = ("name", "media_type", "size", "sha256")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    name: str
    media_type: str
    size: int
    sha256: str
    def __init__(self, name: _Optional[str] = ..., media_type: _Optional[str] = ..., size: _Optional[int] = ..., sha256: _Optional[str] = ...) -> None: ...

class Application(_message.Message):
    __slots__ = ("submission_id", "municipality", "procedure", "applicant", "serial_number", "fields", "attachments", "receipt_number", "submitted_at_ms", "run_id", "filed_by_proxy")
    class FieldsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    SUBMISSION_ID_FIELD_NUMBER: _ClassVar[int]
    MUNICIPALITY_FIELD_NUMBER: _ClassVar[int]
    PROCEDURE_FIELD_NUMBER: _ClassVar[int]
    APPLICANT_FIELD_NUMBER: _ClassVar[int]
    SERIAL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    SUBMITTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    FILED_BY_PROXY_FIELD_NUMBER: _ClassVar[int]
    submission_id: str
    municipality: str
    procedure: int
    applicant: Applicant
    serial_number: str
    fields: _containers.ScalarMap[str, str]
    attachments: _containers.RepeatedCompositeFieldContainer[Attachment]
    receipt_number: str
    submitted_at_ms: int
    run_id: str
    filed_by_proxy: bool
    def __init__(self, submission_id: _Optional[str] = ..., municipality: _Optional[str] = ..., procedure: _Optional[int] = ..., applicant: _Optional[_Union[Applicant, _Mapping]] = ..., serial_number: _Optional[str] = ..., fields: _Optional[_Mapping[str, str]] = ..., attachments: _Optional[_Iterable[_Union[Attachment, _Mapping]]] = ..., receipt_number: _Optional[str] = ..., submitted_at_ms: _Optional[int] = ..., run_id: _Optional[str] = ..., filed_by_proxy: _Optional[bool] = ...) -> None: ...

class SignedApplication(_message.Message):
    __slots__ = ("application", "certificate", "signature")
    APPLICATION_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    application: bytes
    certificate: bytes
    signature: bytes
    def __init__(self, application: _Optional[bytes] = ..., certificate: _Optional[bytes] = ..., signature: _Optional[bytes] = ...) -> None: ...

class Transition(_message.Message):
    __slots__ = ("at_ms", "action", "status", "n", "method", "detail")
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    N_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    at_ms: int
    action: ApplicationAction
    status: ApplicationStatus
    n: int
    method: LinkageMethod
    detail: str
    def __init__(self, at_ms: _Optional[int] = ..., action: _Optional[_Union[ApplicationAction, str]] = ..., status: _Optional[_Union[ApplicationStatus, str]] = ..., n: _Optional[int] = ..., method: _Optional[_Union[LinkageMethod, str]] = ..., detail: _Optional[str] = ...) -> None: ...
