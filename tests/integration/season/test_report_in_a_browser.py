"""The report as a browser shows it: one language at a time, and on paper of A4."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from shinsei.domain.plan import run_all
from shinsei.scenario import load
from shinsei.season.planned import planned
from shinsei.season.results import Results
from shinsei.season.writing import write_results

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

PROBE = """
<script>
  const seen = (language) => [...document.querySelectorAll("body ." + language)]
    .filter((one) => one.getClientRects().length).length;
  const state = () => ({ lang: document.documentElement.lang, title: document.title, en: seen("en"), ja: seen("ja") });
  const states = [state()];
  for (const language of ["ja", "en"]) {
    document.querySelector(`button[data-lang=${language}]`).click();
    states.push(state());
  }
  const fetched = performance.getEntriesByType("resource").map((one) => one.name);
  const probe = document.createElement("pre");
  probe.textContent = "PROBE" + JSON.stringify({ states, fetched }) + "PROBE";
  document.body.append(probe);
</script>
"""


def browse(profile: Path, *arguments: str) -> str:
    """Starts the browser, which ends by itself, and returns what it printed."""
    assert BROWSER is not None
    done = subprocess.run(
        [BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}", *arguments],
        text=True,
        capture_output=True,
        check=True,
    )
    return done.stdout


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the smoke season."""
    scenario = load("smoke")
    outcome = planned(run_all(scenario.run_specs("smoke-1")), scenario.end)
    results = Results(tmp_path_factory.mktemp("results"))
    return write_results(results, scenario, outcome, environment={}, command="", wall_s=1.0).folder / "report.html"


@pytest.fixture
def probed(report: Path, tmp_path: Path) -> Any:
    """What a script in the page sees: as it opens, after 日本語 was pressed, and after English was."""
    copy = tmp_path / "probed.html"
    copy.write_text(report.read_text(encoding="utf-8").replace("</body>", f"{PROBE}</body>"), encoding="utf-8")
    shown = browse(tmp_path / "profile", "--lang=ja", "--dump-dom", copy.as_uri())
    return json.loads(shown.split("<pre>PROBE")[1].split("PROBE</pre>")[0].replace("&amp;", "&"))


def test_every_text_is_shown_in_the_chosen_language_and_in_no_other(probed: Any) -> None:
    _, japanese, english = probed["states"]
    assert (japanese["lang"], english["lang"]) == ("ja", "en")
    assert (japanese["en"], english["ja"]) == (0, 0)
    assert japanese["ja"] == english["en"] > 50
    assert japanese["title"] != english["title"]


def test_a_browser_fetches_nothing(probed: Any) -> None:
    assert probed["fetched"] == []


def test_it_prints_on_a4(report: Path, tmp_path: Path) -> None:
    printed = tmp_path / "report.pdf"
    browse(tmp_path / "profile", f"--print-to-pdf={printed}", report.as_uri())
    pages = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed.read_bytes())
    assert 2 <= len(pages) <= 12
    for width, height in pages:
        assert (float(width), float(height)) == pytest.approx((595.3, 841.9), abs=1)
