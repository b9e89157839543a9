"""The table of linkage methods: the one place that names them all. A further method is a row here."""

from collections.abc import Mapping
from types import MappingProxyType

from shinsei.domain.linkage.batch_import import BatchImport
from shinsei.domain.linkage.one_stop_service import OneStopService
from shinsei.domain.linkage.route import Linkage
from shinsei.domain.linkage.rpa import Rpa
from shinsei.domain.linkage.screen_import import ScreenImport
from shinsei.domain.linkage.standard_api import StandardApi
from shinsei.domain.linkage.transcription import Transcription
from shinsei.domain.linkage_method import LinkageMethod

LINKAGES: Mapping[LinkageMethod, type[Linkage]] = MappingProxyType(
    {
        LinkageMethod.TRANSCRIPTION: Transcription,
        LinkageMethod.RPA: Rpa,
        LinkageMethod.SCREEN_IMPORT: ScreenImport,
        LinkageMethod.BATCH_IMPORT: BatchImport,
        LinkageMethod.STANDARD_API: StandardApi,
        LinkageMethod.ONE_STOP_SERVICE: OneStopService,
    }
)
"""Which class brings a case of which method into the core system."""
