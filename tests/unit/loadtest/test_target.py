from collections import Counter
from pathlib import Path

from shinsei.loadtest.preset import Preset, load_preset
from shinsei.loadtest.target import Mix, conditions


def test_procedures_come_in_the_proportions_of_the_preset_and_none_is_left_out() -> None:
    assert Counter(Mix({1: 3.0, 7: 1.0, 9: 0.001}).pool(1_000)) == {1: 750, 7: 250, 9: 1}


def test_figures_depend_on_machine_stack_and_the_moments_of_a_trace_whatever_its_file_is_called(tmp_path: Path) -> None:
    environment = {
        "processor": "a processor",
        "machine": "x86_64",
        "cores": 2,
        "memory_gib": 7.8,
        "python": "3.11.7",
        "stack": {"LINKAGE_SERVER_FETCH_MODE": "batch"},
    }
    shipped = load_preset("smoke")
    known = {
        "machine": "a processor, 2 cores, 7.8 GiB",
        "python": "3.11.7",
        "LINKAGE_SERVER_FETCH_MODE": "batch",
    }
    assert conditions(environment, shipped) == known
    digests = set()
    for moments in ("0.5\n1.5\n", "0.5\n1.6\n"):
        (tmp_path / "moments.txt").write_text(moments, encoding="utf-8")
        arrivals = shipped.file.arrivals.model_copy(update={"trace": "moments.txt"})
        traced = Preset(tmp_path / "x.toml", shipped.text, shipped.file.model_copy(update={"arrivals": arrivals}))
        found = conditions(environment, traced)
        digests.add(found.pop("trace"))
        assert found == known
    assert len(digests) == 2
