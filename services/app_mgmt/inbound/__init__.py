"""What reaches application management: two topics, the inquiry screen, the ledger."""

from app_mgmt.inbound.consuming import ApplicationFetched, WorkCompleted
from app_mgmt.inbound.servicers import InquiryServicer, LedgerServicer

__all__ = ["ApplicationFetched", "InquiryServicer", "LedgerServicer", "WorkCompleted"]
