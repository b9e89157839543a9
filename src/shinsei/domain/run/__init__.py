"""What a run is: everything that the pure stages read, for one municipality, as frozen values.

``RunStarted`` carries this whole value at the head of the municipality's log, so that every stage (and a
planner without services) decides from the same numbers. Durations end in their unit; all of them are
simulated time. The source and mark of each number stand in the scenario file.
"""

from shinsei.domain.run.applicants import (
    CorrectionSpec,
    DefectSpec,
    DoubleFinder,
    DoubleSpec,
    MoveOutSpec,
    WithdrawalSpec,
)
from shinsei.domain.run.changes import OFFICE_CHANGES, Change, ChangeKind, check_change
from shinsei.domain.run.filing import (
    DeclaredAttachment,
    Filing,
    Person,
    case_id,
    double_of,
    original_of,
    submission_id,
)
from shinsei.domain.run.incidents import (
    HandedOverTwiceSpec,
    MisalignedSpec,
    OtherJobSpec,
    ScreenExceptionSpec,
    UiDriftSpec,
)
from shinsei.domain.run.intake import AttachmentFaultSpec, RetentionSpec, TakenAs
from shinsei.domain.run.office import (
    BatchImportSpec,
    MethodsSpec,
    OfficeSpec,
    OneStopSpec,
    OvertimeSpec,
    RpaSpec,
    ScreenImportSpec,
    StandardApiSpec,
    TranscriptionSpec,
)
from shinsei.domain.run.spec import KERNEL_VERSION, Pacing, PolicySpec, RunSpec
from shinsei.domain.run.surroundings import (
    AttachmentSpec,
    CalendarSpec,
    DemandSpec,
    FetchMode,
    IdentificationSpec,
    LineSpec,
    PolicyYear,
    PollSpec,
    RegistrySpec,
)
from shinsei.domain.run.waves import CurveKind, FilersOf, PortalOutageSpec, WaveSpec
from shinsei.domain.run.workforce import (
    AbsenceSpec,
    DutySpec,
    LearningSpec,
    LeaveSpec,
    TemporaryStaffSpec,
    WorkforceSpec,
)

__all__ = [
    "KERNEL_VERSION",
    "OFFICE_CHANGES",
    "AbsenceSpec",
    "AttachmentFaultSpec",
    "AttachmentSpec",
    "BatchImportSpec",
    "CalendarSpec",
    "Change",
    "ChangeKind",
    "CorrectionSpec",
    "CurveKind",
    "DeclaredAttachment",
    "DefectSpec",
    "DemandSpec",
    "DoubleFinder",
    "DoubleSpec",
    "DutySpec",
    "FetchMode",
    "FilersOf",
    "Filing",
    "HandedOverTwiceSpec",
    "IdentificationSpec",
    "LearningSpec",
    "LeaveSpec",
    "LineSpec",
    "MethodsSpec",
    "MisalignedSpec",
    "MoveOutSpec",
    "OfficeSpec",
    "OneStopSpec",
    "OtherJobSpec",
    "OvertimeSpec",
    "Pacing",
    "Person",
    "PolicySpec",
    "PolicyYear",
    "PollSpec",
    "PortalOutageSpec",
    "RegistrySpec",
    "RetentionSpec",
    "RpaSpec",
    "RunSpec",
    "ScreenExceptionSpec",
    "ScreenImportSpec",
    "StandardApiSpec",
    "TakenAs",
    "TemporaryStaffSpec",
    "TranscriptionSpec",
    "UiDriftSpec",
    "WaveSpec",
    "WithdrawalSpec",
    "WorkforceSpec",
    "case_id",
    "check_change",
    "double_of",
    "original_of",
    "submission_id",
]
