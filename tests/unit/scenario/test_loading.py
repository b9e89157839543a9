"""Whatever is wrong with a scenario is one line: file, key path, problem, and the likely key of a misspelling."""

from pathlib import Path

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.scenario import load, locate, parse
from shinsei.scenario.writing import template_text

TEMPLATE = template_text()


def refusal(*overrides: str, text: str = TEMPLATE) -> str:
    with pytest.raises(InvalidInputError) as caught:
        parse(text, Path("mine.toml"), overrides)
    line = str(caught.value)
    assert "\n" not in line
    assert len(line) < 400
    return line


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("population =", "populaton =", "mine.toml: municipality.populaton: unknown key, did you mean 'population'?"),
        ("[demand]", "[demnd]", "mine.toml: demnd: unknown key, did you mean 'demand'?"),
        ("refresh_at =", "refresh_ta =", "mine.toml: registry.refresh_ta: unknown key, did you mean 'refresh_at'?"),
        (
            'scan = { mean = "1 s", cv',
            'scan = { maen = "1 s", cv',
            "mine.toml: line.scan.maen: unknown key, did you mean 'mean'?",
        ),
        (
            "child_allowance_status_report = 1.0",
            "child_allowance_status_repor = 1.0",
            (
                "mine.toml: office.keying_factors.child_allowance_status_repor: 'child_allowance_status_repor' is not "
                "in the catalogue (did you mean 'child_allowance_status_report'?)"
            ),
        ),
    ],
)
def test_a_misspelt_key_names_the_likely_one(old: str, new: str, line: str) -> None:
    assert TEMPLATE.count(old) == 1
    assert refusal(text=TEMPLATE.replace(old, new)).startswith(line)


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        ("office.clerks=0", "mine.toml: office.clerks: must be at least 1, not 0"),
        ("office.clerks=-3", "must be at least 1, not -3"),
        ("office.clerks=1000000000", "must be at most 10000"),
        ("office.clerks=2.5", "must be a whole number"),
        ("office.clerks=four", "must be a whole number, not 'four'"),
        ("municipality.population=0", "must be at least 1"),
        ("demand.online_share=1.01", "demand.online_share: must be at most 1"),
        ("demand.online_share=-0.1", "must be at least 0"),
        ("line.bandwidth_mbps=0", "must be more than 0"),
        ("line.bandwidth_mbps=inf", "must be a finite number"),
        ("costs.staff_hour_yen=-1", "costs.staff_hour_yen: must be at least 0"),
        ("poll.interval=15", 'write it with its unit, like "10 min"'),
        ("poll.interval=-15 min", "must not be negative"),
        ("poll.interval=0 min", "poll.interval: must be at least 1 min, not 0 min"),
        ("municipality.population=900000000", "must be at most 20000000"),
        ("run.end=2021-06-20", "the filing period (2021-06-01 to 2021-06-30) must lie within the run"),
        ("run.start=2021-06-02", "must lie within the run"),
        ("poll.interval=15 minutes", "is not a duration"),
        ("calendar.office_opens=25:00", 'is not a time of day; write it like "08:30"'),
        ("calendar.office_opens=18:00", "the office opens, has lunch and closes in this order"),
        ("calendar.core_online_until=07:00", "core_online_until must be after core_online_from"),
        ("run.start=2021-13-01", "is not a moment"),
        ("run.end=2021-01-01", "run: end must be after start"),
        ("demand.deadline_day=2021-02-30", "is not a date"),
        ("demand.deadline_day=2021-05-01", "deadline_day must not be before mailing_day"),
        ("demand.flat_share=0.9", "must sum to 1"),
        ("demand.policy_year=2021", "it may be 'pre2022' or 'post2022'"),
        ("demand.hour_weights=[1, 2]", "hour_weights"),
        ("demand.procedure=status_report", "'status_report' is not in the catalogue"),
        ("demand.procedure=77", "77 is not in the catalogue (1 to 31)"),
        ('twins.methods=["RPA", "RPO"]', "twins.methods[1]: 'RPO' is not a linkage method; did you mean 'RPA'?"),
        ('twins.methods=["RPA", "RPA"]', "names a method twice"),
        ("twins.methods=[]", "name at least one method"),
        ("policy.default=BATCH", "did you mean 'BATCH_IMPORT'?"),
        ("municipality.code=482014", "municipality.code: '482014' has check digit 4, it should be 3"),
        ("municipality.code=480002", "is a prefecture's; it belongs in the table [prefecture]"),
        ("municipality.code=141003", "twin cities need an invented code"),
        ('line.scan={mean="1 s", cv=0.9, shape="uniform"}', "cv of a uniform distribution is at most 0.577"),
        ("office.content_check.cv=1e300", "office.content_check.cv: must be at most 10"),
        ("office.content_check.mean=1e9 d", "is not a duration"),
        ("office.content_check.mean=1000000000 d", "'1000000000 d' is longer than a hundred years"),
        ("costs.horizon_years=0.001", "costs.horizon_years: must be at least 0.1"),
        ("costs.rpa_licence_yen=1e300", "costs.rpa_licence_yen: must be at most"),
        ("schema=2", "schema: 2 is not possible"),
        ("seed=-1", "seed: must be at least 0"),
    ],
)
def test_a_wrong_value_is_one_clear_line(override: str, problem: str) -> None:
    assert problem in refusal(override)


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        ("office.clerk=3", "--set office.clerk: unknown key 'clerk', did you mean 'clerks'?"),
        ("offce.clerks=3", "--set offce.clerks: unknown key 'offce', did you mean 'office'?"),
        ("methods.rpa.machine.maen=3 s", "unknown key 'maen', did you mean 'mean'?"),
        ("office.examination.helth.mean=3 d", "unknown key 'helth', did you mean 'health'?"),
        ("office.examination.insured_card_reisue.mean=3 d", "did you mean 'insured_card_reissue'?"),
        ("office.clerks", "is not of the form key=value"),
        ("=3", "is not of the form key=value"),
        ("office.clerks.more=3", "office.clerks is no table"),
    ],
)
def test_a_wrong_override_is_told_in_its_own_words(override: str, problem: str) -> None:
    assert problem in refusal(override)


def test_no_municipality_is_refused() -> None:
    start = TEMPLATE.index("[municipality]")
    without = TEMPLATE[:start] + TEMPLATE[TEMPLATE.index("[demand]") :]
    assert refusal(text=without) == "mine.toml: municipality: is missing"


def test_a_missing_number_is_named() -> None:
    without = "\n".join(line for line in TEMPLATE.splitlines() if not line.startswith("clerks ="))
    assert refusal(text=without) == "mine.toml: office.clerks: is missing"


def test_several_problems_are_counted_and_the_misspelling_comes_first() -> None:
    assert refusal(text=TEMPLATE.replace("clerks =", "clerk =")).endswith("did you mean 'clerks'? (and 1 more)")


def test_what_is_no_toml_is_refused_with_its_line() -> None:
    assert refusal(text="seed = \n").startswith("mine.toml: is not TOML:")


def test_overrides_reach_every_kind_of_value() -> None:
    changed = parse(
        TEMPLATE,
        Path("mine.toml"),
        (
            "office.clerks=7",
            "demand.online_share=0.25",
            "poll.interval=1 h",
            "demand.policy_year=post2022",
            "methods.rpa.machine.mean=20 s",
            "run.end=2021-08-01",
            "demand.background_volumes.care_certification=12.5",
            'twins.methods=["SCREEN_IMPORT"]',
            'policy.by_procedure.care_certification="RPA"',
        ),
    )
    (spec,) = changed.run_specs("r")
    assert spec.office.clerks == 7
    assert spec.demand.online_share == 0.25
    assert spec.poll.interval_ms == 3_600_000
    assert spec.office.methods.rpa.machine_s.mean == 20.0
    assert dict(spec.demand.background_volumes)[16] == 12.5
    assert str(spec.policy.method_of(16)) == "RPA"
    assert spec.municipality == "482030"
    assert {item.mark for item in changed.parameters if item.path in ("office.clerks", "poll.interval")} == {"set"}


def test_a_shipped_scenario_is_found_by_its_name_and_a_misspelling_gets_a_hint() -> None:
    assert locate("smoke").name == locate("smoke.toml").name == "smoke.toml"
    with pytest.raises(InvalidInputError, match="there is no such scenario, did you mean 'smoke'"):
        locate("smoke.v2")
    with pytest.raises(InvalidInputError, match="did you mean 'smoke'"):
        load("smok")


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="no such scenario"):
        load(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInputError, match="not UTF-8"):
        load(tmp_path / "bad.toml")
