"""Fault flags: hooks at the hops where faults really happen, and the switch for them (``shinsei fault``)."""

from shinsei.contracts.fault_flags import FaultFlag
from shinsei.runtime.faults.board import BOARD, Board, Standing
from shinsei.runtime.faults.machine import block_the_loop, skew_the_clock
from shinsei.runtime.faults.network import NetworkCutError, outgoing

__all__ = ["BOARD", "Board", "FaultFlag", "NetworkCutError", "Standing", "outgoing"]

BOARD.on_change(FaultFlag.CLOCK_SKEW, skew_the_clock)
BOARD.on_change(FaultFlag.LOOP_BLOCKED, block_the_loop)
