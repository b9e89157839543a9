"""Municipalities beside those that file: as many as the nation has, in one answer of the portal."""

from bench.grown import silent
from bench.product import OFFICES
from shinsei.contracts.codec import encode_run
from shinsei.contracts.topics import PARTITIONS
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.runtime.rpc_limits import MAX_MESSAGE_BYTES
from shinsei.scenario import load

BESIDE_IT = 50
"""Bytes of what stands beside a specification: run, municipality, moments."""


def test_the_portal_can_list_the_runs_of_all_municipalities() -> None:
    spec = load(OFFICES).run_spec("bench-1700000000000", LinkageMethod.STANDARD_API)
    filing, others = len(encode_run(spec)), len(encode_run(silent(spec, PARTITIONS - 1)))
    assert 4 * (filing + BESIDE_IT) + 1_737 * (others + BESIDE_IT) < MAX_MESSAGE_BYTES
