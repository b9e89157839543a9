"""How pairs become rows, what counts as fallen, and what is passed on without being read."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from bench import compare
from bench.ceiling import LENGTHS, METHODS, is_whole
from bench.compare import fallen
from bench.keeping import KEPT, read
from bench.limit.wire import contents
from bench.modes import MODES
from bench.payloads import Filing, Payloads, request
from bench.printed import table, told
from bench.rows import row
from bench.turn import Turn, quantile
from shinsei.api.application.v1.application_pb2 import Application, SignedApplication
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.contracts.wire import field, number_field
from shinsei.loadtest.bodies import POOL, case_name
from shinsei.runtime.citizens import Checker
from shinsei.testing.builders import a_run_spec
from shinsei.testing.citizens import some_cards


def a_turn(per_s: float, **spent: float) -> Turn:
    return Turn(
        completed_per_s=per_s,
        cpu_s_per_10k={"kafka": 1.0, "driver": 9.0, **spent},
        p50_s=0.25,
        p99_s=0.75,
        statuses_per_application=1.5,
        bytes_per_application={"kafka": 4_000, "postgres": 5_000, "wal": 9_000},
        memory_mib={"kafka": 300.0},
        refused=0,
    )


PAIRS = [
    (a_turn(500, portal_sim=4.0), a_turn(1_000)),
    (a_turn(900, portal_sim=6.0), a_turn(1_000)),
    (a_turn(600, portal_sim=5.0), a_turn(2_000)),
]


def test_a_ratio_is_taken_within_a_pair() -> None:
    found = row("batch", "RPA", PAIRS)
    assert (found["completed_per_s"], found["limit_per_s"]) == (600, 1_000)
    assert (found["ratio"], found["ratio_range"]) == (0.5, [0.3, 0.9])


def test_the_drivers_processor_time_is_not_the_products() -> None:
    found = row("batch", "RPA", PAIRS)
    assert found["cpu_s_per_10k"] == 6.0
    assert found["product"]["cpu_s_per_10k_by_process"]["driver"] == 9.0
    assert found["product"]["peak_memory_mib"] == {"kafka": 300.0}


def test_a_result_is_headed_by_what_it_is_not() -> None:
    found = row("batch", "RPA", PAIRS)
    assert "not a linkage method's capacity" in next(table([found]))
    assert "ratio 0.50 (0.30 to 0.90)" in "\n".join(told(found))
    assert "status messages 1.50, limit 1.50 an application" in "\n".join(told(found))


def test_processor_time_is_told_by_process_of_both() -> None:
    limit = a_turn(1_000, **{"limit/portal": 0.5, "postgres/portal_sim": 0.0})
    found = [line.split() for line in told(row("batch", "RPA", [(a_turn(500, portal_sim=4.0), limit)]))]
    assert ["portal_sim", "4.00"] in found
    assert ["limit,", "limit/portal", "0.50"] in found
    assert ["limit,", "kafka", "1.00"] in found
    assert not any("postgres/portal_sim" in line for line in found), "what took nothing is left out"


def test_only_what_is_whole_is_what_others_are_compared_with() -> None:
    rows = [{"mode": mode, "method": method, "pairs": 5} for mode in MODES for method in METHODS]
    lengths = asdict(LENGTHS)
    whole = {"certificates": True, "signatures": True, "telemetry": True, "lengths": lengths}
    assert is_whole({"environment": whole, "rows": rows})
    assert not is_whole({"environment": whole, "rows": rows[:-1]})
    assert not is_whole({"environment": whole, "rows": [*rows[:-1], {**rows[-1], "pairs": 4}]})
    for left_out in whole:
        assert not is_whole({"environment": {**whole, left_out: {}}, "rows": rows})
    for short in ("warm_s", "measure_s", "half_s"):
        assert not is_whole({"environment": {**whole, "lengths": {**lengths, short: 1.0}}, "rows": rows})


@pytest.mark.parametrize(("ratio", "falls"), [(0.6, False), (0.52, False), (0.50, True)])
def test_a_ratio_falls_when_more_than_15_percent_of_it_is_gone(ratio: float, *, falls: bool) -> None:
    old, new = a_result(batch=0.6), a_result(batch=ratio)
    assert bool(fallen(old, new)) == falls


def test_a_row_that_is_gone_has_fallen() -> None:
    assert fallen(a_result(batch=0.6, unary=0.7), a_result(batch=0.9)) == ["unary RPA: 0.70, and not measured any more"]


def test_a_fall_is_told_by_the_exit_code(tmp_path: Path) -> None:
    kept, like, worse, other = (tmp_path / f"{name}.json" for name in ("kept", "like", "worse", "other"))
    kept.write_text(json.dumps(a_result(batch=0.6)), encoding="utf-8")
    like.write_text(json.dumps(a_result(batch=0.59)), encoding="utf-8")
    worse.write_text(json.dumps(a_result(batch=0.5)), encoding="utf-8")
    other.write_text("{}", encoding="utf-8")
    asked = [(kept, like), (worse, kept), (kept, worse), (kept, other), (kept, tmp_path / "none.json")]
    assert [compare.main([str(old), str(new)]) for old, new in asked] == [0, 0, 1, 2, 2]


def test_a_run_is_not_held_against_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept, latest = tmp_path / "kept.json", tmp_path / "latest.json"
    for file in (kept, latest):
        file.write_text(json.dumps(a_result(batch=0.6)), encoding="utf-8")
    assert compare.main([str(kept), str(latest)]) == 2
    assert "both are the same run: run make bench" in capsys.readouterr().err


def test_without_a_name_the_latest_is_held_against_what_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, ratio in (("KEPT", 0.6), ("LATEST", 0.58)):
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps(a_result(batch=ratio)), encoding="utf-8")
        monkeypatch.setattr(compare, name, file)
    assert compare.main([]) == 0
    assert capsys.readouterr().out == "batch RPA: 0.60 (0.58 to 0.62), now 0.58 (0.56 to 0.60): -3%, within its range\n"


def test_what_differs_by_more_than_both_ranges_is_not_called_within_them(capsys: pytest.CaptureFixture[str]) -> None:
    for ratio in (0.65, 0.6, 0.55):
        assert not fallen(a_result(batch=0.6), a_result(batch=ratio))
    assert "within" not in capsys.readouterr().out


def test_what_is_kept_in_the_repository_is_whole() -> None:
    assert is_whole(read(KEPT))


def a_result(**ratios: float) -> dict[str, Any]:
    return {
        "rows": [
            {"mode": mode, "method": "RPA", "ratio": ratio, "ratio_range": [ratio - 0.02, ratio + 0.02]}
            for mode, ratio in ratios.items()
        ]
    }


SMALL = a_run_spec(run_id="bench", **{"registry.standing_residents": 3})


def test_what_is_put_together_by_hand_is_what_protobuf_reads() -> None:
    filings = Payloads([SMALL], None, is_checked=True).filings(3)
    read = [Application.FromString(one.application) for one in sent(filings)]
    assert [one.submission_id for one in read] == [filing.submission_id for filing in filings]
    assert len({filing.submission_id for filing in filings}) == 3
    name = case_name(read[0].submission_id)
    assert name is not None
    assert name.procedure == read[0].procedure
    assert read[0].run_id == "bench"
    assert read[0].applicant.name


def test_what_is_signed_is_what_protobuf_reads_and_the_portal_checks() -> None:
    cards = some_cards()
    (one,) = sent(Payloads([SMALL], cards, is_checked=True).filings(1))
    signer = Checker(cards.authority).signer(one.application, one.certificate, one.signature)
    assert signer.serial == Application.FromString(one.application).serial_number


def test_where_nobody_checks_them_all_filings_of_a_body_carry_one_signature() -> None:
    read = sent(Payloads([SMALL], some_cards(), is_checked=False).filings(2 * POOL))
    signed = [one.signature for one in read if one.certificate]
    assert len(signed) > POOL
    assert len(set(signed)) <= POOL


def sent(filings: Iterable[Filing]) -> Sequence[SignedApplication]:
    return api.SubmitBatchRequest.FromString(request(filings)).signed


def test_what_protobuf_writes_is_taken_apart_by_hand() -> None:
    numbers = [f"{n:016d}" for n in range(200)]
    written = api.GetApplicationsRequest(receipt_numbers=numbers).SerializeToString()
    assert contents(written) == [number.encode() for number in numbers]
    long = b"x" * 300
    assert contents(field(1, long) + field(2, b"")) == [long, b""]
    assert api.StatusUpdate.FromString(number_field(1, 1_700_000_000_000)).number == 1_700_000_000_000


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1.0, 100)])
def test_a_quantile_is_a_value_that_was_measured(share: float, value: int) -> None:
    assert quantile(range(1, 101), share) == value
