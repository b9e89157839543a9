import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.municipality import validate_code
from shinsei.loadtest.finding import LEAD_S
from shinsei.loadtest.preset import Offices, PresetFile, load_preset, shipped_presets
from shinsei.loadtest.target import busiest_hour_per_s, config_hash, run_specs, scenario_of

NUMBER = re.compile(r"=\s*\[?-?\d|\{.*\d")
UNITS_S = {"s": 1, "min": 60, "h": 3_600}
START_AND_END_S = 35.0
"""Of a search: start, last cases, ledger and report."""
MARK = re.compile(r"# \[(F|SRC|M|D|A)\b")


@pytest.fixture(params=sorted(shipped_presets()))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., str]:
    """The smoke preset with some text replaced, as a file."""

    def change(old: str, new: str) -> str:
        text = shipped_presets()["smoke"].read_text(encoding="utf-8")
        assert old in text
        file = tmp_path / "changed.toml"
        file.write_text(text.replace(old, new), encoding="utf-8")
        return str(file)

    return change


def test_every_shipped_preset_fits_the_offices_that_it_names(name: str) -> None:
    preset = load_preset(name)
    scenario = scenario_of(preset)
    specs = run_specs(preset, scenario, "load-1")
    codes = [spec.municipality for spec in specs]
    search = preset.file.search
    modes = 0 if search is None else len(search.fetch_modes) * (2 if search.confirm else 1)
    assert len(set(codes)) == len(codes) == len(preset.file.methods) * preset.file.municipalities * max(modes, 1)
    assert all(validate_code(code) for code in codes)
    assert {spec.start for spec in specs} == {preset.file.sim_start}
    assert preset.profile().peak_per_s > 0
    assert busiest_hour_per_s(preset.file.reference) > 0
    assert (preset.file.offices is Offices.UNLIMITED) == (preset.file.scenario == "unlimited")


def test_the_page_for_architects_says_what_a_preset_answers(name: str) -> None:
    preset = load_preset(name)
    page = (shipped_presets()[name].parents[2] / "docs" / "loadtest.md").read_text(encoding="utf-8")
    (row,) = (line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
    offices, clock, length = [cell.strip() for cell in row.split("|")][-4:-1]
    assert (offices, clock) == (preset.file.offices, f"{preset.file.clock_speed:g}×")
    number, unit = length.removeprefix("< ").split()
    most_s, search = int(number) * UNITS_S[unit], preset.file.search
    if search is None:
        assert preset.profile().duration_s == pytest.approx(most_s, rel=0.15)
    else:
        each_s = (search.settle + search.hold + search.recover) / 1e3 + LEAD_S
        assert (search.within / 1e3 if search.within else search.most_steps * each_s) + START_AND_END_S <= most_s


def test_the_question_that_the_page_works_out_is_a_preset_of_its_office_and_method(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "loadtest.md").read_text(encoding="utf-8")
    told = page.partition("## A question of your own")[2]
    overrides, methods = (re.search(rf"^{key} = .*?\]", told, re.MULTILINE) for key in ("overrides", "methods"))
    assert overrides is not None
    assert methods is not None
    text = shipped_presets()["find-max-office"].read_text(encoding="utf-8")
    text = re.sub(r"^(scenario = .*)$", rf"\1\n{overrides[0]}", text, flags=re.MULTILINE)
    text = re.sub(r"^methods = .*$", methods[0], text, flags=re.MULTILINE)
    head, *gates = text.split("[[gates]]")
    kept = [one for one in gates if "max_sustained" not in one or "SCREEN_IMPORT" in one]
    (tmp_path / "six-clerks.toml").write_text("[[gates]]".join((head, *kept)), encoding="utf-8")
    preset = load_preset(str(tmp_path / "six-clerks.toml"))
    scenario = scenario_of(preset)
    assert (scenario.file.office.clerks, preset.file.methods) == (6, (LinkageMethod.SCREEN_IMPORT,))
    assert len(run_specs(preset, scenario, "load-1")) == preset.file.municipalities
    assert sorted(gate.metric for gate in preset.gates() if "." in gate.metric) == [
        "max_sustained.SCREEN_IMPORT.over_planned"
    ]


def test_the_page_for_architects_has_the_shipped_presets_and_no_others() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "loadtest.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| `([\w-]+)` \|", page, re.MULTILINE)) == sorted(shipped_presets())


@pytest.mark.parametrize("name", ["nationwide-2020", "find-max-infra"])
def test_a_preset_without_attachments_says_so_where_one_would_expect_some(name: str) -> None:
    preset = load_preset(name)
    assert preset.file.applicants.p_attachment == 0
    assert re.search(r"attach[^.]*: none is sent|nobody attaches anything", preset.file.not_said)
    assert "same attachments" not in preset.text


def test_every_number_of_a_preset_has_its_mark(name: str) -> None:
    lines = shipped_presets()[name].read_text(encoding="utf-8").splitlines()
    bare = [line for line in lines if NUMBER.search(line.partition("#")[0]) and not MARK.search(line)]
    assert not bare


@pytest.mark.parametrize(
    "metric",
    [
        "counts_by_method.RPA.refused",
        "counts_by_procedure.pregnancy_notification.failed",
        "latency_s_by_method.RPA.registered.p99",
        "latency_s_by_procedure.pregnancy_notification.visible.p50",
    ],
)
def test_a_gate_may_be_about_one_method_or_one_procedure(changed: Callable[..., str], metric: str) -> None:
    preset = load_preset(changed('metric = "failed"', f'metric = "{metric}"'))
    assert metric in [gate.metric for gate in preset.gates()]


def test_a_rate_scales_the_profile_to_another_peak() -> None:
    preset = load_preset("smoke")
    assert preset.profile(50.0).peak_per_s == pytest.approx(50.0)
    assert preset.profile(50.0).duration_s == preset.profile().duration_s


@pytest.mark.parametrize("rate", [0.0, -1.0, float("inf"), float("nan")])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    with pytest.raises(InvalidInputError, match="--rate"):
        load_preset("smoke").profile(rate)


@pytest.mark.parametrize("name", ["find-max-infra", "find-max-office"])
def test_a_search_decides_on_rates_itself(name: str) -> None:
    with pytest.raises(InvalidInputError, match=f"--rate: preset {name} searches"):
        load_preset(name).profile(50.0)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("share = 0.7", "share = 0.8", "must be 1 together"),
        ("slots = 100", "slots = 0", "applicants.slots"),
        ("slots = 100", "slot = 100", "did you mean 'slots'"),
        ('process = "poisson"', 'process = "bursts"', "arrivals.process"),
        ('process = "poisson"', 'process = "trace"', "go together"),
        ('at = "0 s", per_s = 10.0', 'at = "1 s", per_s = 10.0', "at 0 s"),
        ("per_s = 10.0 },  # [A] far", "per_s = -1.0 },  # [A] far", "per_s"),
        ('at = "30 s"', 'at = "0 s"', "rate asks for nothing"),
        ("per_s = 10.0", "per_s = 0.0", "rate asks for nothing"),
        ('warm_up = "4 s"', 'warm_up = "30 s"', "warm_up must end before"),
        ("[bulk]", "[procedures]\nparking_space_certificate_x = 1.0\n\n[bulk]", "procedures"),
        ("[bulk]", "[procedures]\nparking_space_certificate = 1.0\n\n[bulk]", "belongs to a prefecture"),
        ("[bulk]", "[procedures]\n\n[bulk]", "procedures"),
        ('"STANDARD_API"]', '"STANDARD_API", "RPA"]', "twice"),
        ('offices = "unlimited"', 'offices = "none"', "offices"),
        ("schema = 1", "schema = 2", "schema"),
        ("at_most = 0 ", 'at_most = "0" ', "gates"),
        ("latency_s.registered.p99", "latency_s.registered.p98", "no figure"),
        ("latency_s.registered.p99", "latency_s_by_method.RPX.registered.p99", "did you mean 'RPA'?"),
        ("latency_s.registered.p99", "counts_by_procedure.child_allowance_clam.failed", "'child_allowance_claim'"),
        ("clock_speed = 600.0", "clock_speed = 0.0", "clock_speed"),
        ("[bulk]", "[bulk", "is not TOML"),
    ],
)
def test_a_wrong_preset_is_one_line(changed: Callable[..., str], old: str, new: str, told: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        load_preset(changed(old, new))
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


SEARCH = """[search]
asks = "office"
first_per_s = 5.0
most_steps = 4
settle = "1 s"
hold = "1 s"
recover = "1 s"
most_ageing = "1 s"
most_p99 = "1 s"

[bulk]"""


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"[bulk]": SEARCH}, "does not go with offices = 'unlimited'"),
        ({"[bulk]": SEARCH, 'offices = "unlimited"': 'offices = "staffed"'}, "fresh offices"),
        ({"[bulk]": SEARCH.replace("office", "infrastructure")}, "too short for chance"),
        ({"[bulk]": SEARCH.replace("5.0", "0.0")}, "first_per_s"),
        ({"[bulk]": SEARCH.replace("[bulk]", "growth = 1.0\n\n[bulk]")}, "growth"),
    ],
)
def test_a_search_that_would_mix_two_questions_or_could_not_end_is_refused(
    tmp_path: Path, changes: dict[str, str], told: str
) -> None:
    text = shipped_presets()["smoke"].read_text(encoding="utf-8")
    for old, new in changes.items():
        text = text.replace(old, new)
    file = tmp_path / "search.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInputError, match=told):
        load_preset(str(file))


@pytest.fixture
def traced(tmp_path: Path) -> Callable[..., str]:
    """The spike preset with the moments of its applicants in a file."""

    def write(moments: str, share: float = 1.0) -> str:
        text = shipped_presets()["spike"].read_text(encoding="utf-8")
        text = text.replace('process = "poisson"', 'process = "trace"\ntrace = "moments.txt"')
        text = text.replace("share = 0.7", f"share = {share}").replace("share = 0.3", f"share = {1 - share}")
        (tmp_path / "moments.txt").write_text(moments, encoding="utf-8")
        (tmp_path / "traced.toml").write_text(text, encoding="utf-8")
        return str(tmp_path / "traced.toml")

    return write


def test_a_trace_is_read_with_its_preset_and_takes_no_other_rate(traced: Callable[..., str]) -> None:
    preset = load_preset(traced("0\n0.5\n2.25\n"))
    assert preset.trace() == (0.0, 0.5, 2.25)
    with pytest.raises(InvalidInputError, match="--rate: the moments of preset traced are traced"):
        preset.profile(20.0)


def test_a_trace_as_the_page_shows_it_is_a_preset() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "loadtest.md").read_text(encoding="utf-8")
    shown = page.partition("**Moments of your own.**")[2].partition("```toml\n")[2].partition("```")[0]
    rest = tomllib.loads(shipped_presets()["spike"].read_text(encoding="utf-8"))
    file = PresetFile.model_validate({**rest, "bulk": {}, **tomllib.loads(shown)})
    assert (file.arrivals.trace, file.arrivals.profile().duration_s) == ("moments.txt", 600)


@pytest.mark.parametrize(
    ("moments", "share", "told"),
    [
        ("0\n2\n1\n", 1.0, "rising seconds"),
        ("", 1.0, "rising seconds"),
        ("-1\n2\n", 1.0, "rising seconds"),
        ("90.5\n", 1.0, "rising seconds"),
        ("0\nnan\n", 1.0, "rising seconds"),
        ("0\nsoon\n", 1.0, "no list of seconds"),
        ("0\n1\n", 0.5, "applicants.share must be 1"),
    ],
)
def test_a_wrong_trace_is_told_before_anything_is_opened(
    traced: Callable[..., str], moments: str, share: float, told: str
) -> None:
    with pytest.raises(InvalidInputError, match=told):
        load_preset(traced(moments, share))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('scenario = "unlimited"', 'scenario = "smoke"', "paced by a driver"),
        ('scenario = "unlimited"', 'scenario = "unlimitid"', "unlimit"),
    ],
)
def test_offices_that_do_not_fit_are_one_line(changed: Callable[..., str], old: str, new: str, told: str) -> None:
    with pytest.raises(InvalidInputError, match=told):
        scenario_of(load_preset(changed(old, new)))


def test_a_name_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(InvalidInputError, match="did you mean 'smoke'"):
        load_preset("smok")


def test_a_configuration_is_the_same_only_with_the_same_rate(changed: Callable[..., str]) -> None:
    preset, other = load_preset("smoke"), load_preset(changed("think", "think"))
    scenario = scenario_of(preset)
    assert config_hash(preset, scenario, None) == config_hash(other, scenario, None)
    assert config_hash(preset, scenario, None) != config_hash(preset, scenario, 20.0)
