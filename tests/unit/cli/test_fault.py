"""``shinsei fault`` without a stack: what there is, what a schedule holds, and what is refused."""

import json
from pathlib import Path

import pytest

from shinsei.cli.__main__ import run
from shinsei.contracts.fault_flags import FLAGS
from shinsei.contracts.model_faults import MODEL_FAULTS
from shinsei.season.fault_schedule import schedule


def shinsei(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(list(arguments))
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_every_fault_is_listed_with_where_it_strikes_and_how_it_is_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = shinsei(capsys, "fault", "list", "--home", str(tmp_path))
    assert code == 0
    assert not [name for name in (*FLAGS, *MODEL_FAULTS) if name not in out]
    assert "[[office.core_offline]]" in out
    assert "nothing is set" in out
    listed = json.loads(shinsei(capsys, "fault", "list", "--json", "--home", str(tmp_path))[1])
    assert len(listed["flags"]) == len(FLAGS) >= 16
    assert [one["fault"] for one in listed["model_faults"]] == list(MODEL_FAULTS)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("set no-such", "'no-such' is no fault; shinsei fault list shows them"),
        ("set portal-slow --service app_mgmt", "portal-slow happens in portal_sim, not in 'app_mgmt'"),
        ("set portal-slow --from 2021-06-01T09:00", "--from: portal-slow is a flag of the services"),
        ("set line-outage --for 5", "--for: line-outage is a fault of the simulated world"),
        ("set portal-outage", "portal-outage is set in the scenario's file, by [[demand.portal_outages]]"),
        ("set line-outage --until 2021-06-01T09:00", "line-outage needs --from beside it"),
        ("set line-outage --from 2021-06-02 --until 2021-06-01", "--until: must be after --from"),
        ("set line-outage --from x", "--from: 'x' is no time"),
        ("clear line-outage", "line-outage ends by itself"),
        ("clear batch-file-shifted", "is set in the scenario's file"),
        ("clear --service room", "--service: 'room' is none of portal_sim"),
        ("schedule --seed 1 --flag no-such --dry-run", "'no-such' is none of portal-slow"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    words: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = shinsei(capsys, "fault", *words.split(), *(["--home", str(tmp_path)] * ("schedule" not in words)))
    assert (code, len(err.splitlines())) == (2, 1)
    assert told in err


def test_a_schedule_can_be_read_before_it_is_played(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = shinsei(capsys, "fault", "schedule", "--seed", "3", "--minutes", "5", "--dry-run", "--json")
    planned = json.loads(out)
    assert code == 0
    assert [one["flag"] for one in planned] == [str(one.flag.name) for one in schedule(3, 5)]
    lines = shinsei(capsys, "fault", "schedule", "--seed", "3", "--minutes", "5", "--dry-run")[1].splitlines()
    assert len(lines) == len(planned)


def test_a_schedule_follows_from_its_seed_and_sets_only_what_can_be_set() -> None:
    faults = list(schedule(1, 60))
    assert faults == list(schedule(1, 60)) != list(schedule(2, 60))
    assert len(faults) > 200
    assert {one.flag.name for one in faults} == set(FLAGS)
    for one in faults:
        one.flag.check(one.service, one.value)
    moments = [one.at_s for one in faults]
    assert moments == sorted(moments)
    assert moments[-1] < 3_600


def test_a_schedule_of_some_flags_has_no_others() -> None:
    some = [flag for flag in FLAGS.values() if flag.alert]
    assert {one.flag.name for one in schedule(1, 60, some)} == {flag.name for flag in some}
