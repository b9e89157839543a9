"""The first line says the worst, names whom it is about, and gives dates in both languages."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from shinsei.domain.forecast import Prospect
from shinsei.domain.simtime import day_number
from shinsei.room.twins import Twin, told_apart
from shinsei.room.verdict import Whole, idle, judged, oldest_by_method, standing, verdict, worst_by_method
from shinsei.testing.offices import june

if TYPE_CHECKING:
    from tests.unit.room.conftest import MakeTwin

TENTH = day_number(june(1)) + 70
"""10 August."""


def told(*twins: Twin) -> dict[str, Any]:
    return verdict([(twin, twin.forecast(line_down=False)) for twin in twins])


def test_the_worst_method_decides_and_the_others_are_named(a_twin: "MakeTwin") -> None:
    lost = a_twin(Prospect.LOST, early=TENTH - 4, likely=TENTH, late=TENTH, left_at_target=1_449)
    found = told(a_twin(n=3), lost, a_twin(n=2))
    assert found["state"] == "lost"
    assert found["word"] == {"en": "Lost", "ja": "間に合わない"}
    english = found["sentence"]["en"]
    assert english.startswith("Transcription: through on Tue 10 Aug (Fri 6 Aug to Tue 10 Aug)")
    assert "0 of 5 replays meet the target, Fri 25 Jun" in english
    assert "1,449 cases would still wait then" in english
    assert found["others"]["en"] == "Safe: Batch import and Screen import."
    assert "8月10日(火)に完了の見込み、幅は8月6日(金)〜8月10日(火)。" in found["sentence"]["ja"]


@pytest.mark.parametrize(
    ("prospects", "state"),
    [
        ((Prospect.SAFE, Prospect.AT_RISK), "at_risk"),
        ((Prospect.SAFE, Prospect.UNKNOWN), "unknown"),
        ((Prospect.SAFE, Prospect.SAFE), "safe"),
        ((Prospect.LOST, Prospect.AT_RISK), "lost"),
    ],
)
def test_no_prospect_hides_a_worse_one(a_twin: "MakeTwin", prospects: tuple[Prospect, ...], state: str) -> None:
    assert told(*(a_twin(one, n=n) for n, one in enumerate(prospects)))["state"] == state


def test_what_is_not_foreseen_yet_is_awaited_or_put_off_as_it_goes_too_fast(a_twin: "MakeTwin") -> None:
    awaited = a_twin(Prospect.UNKNOWN)
    put_off = replace(awaited, foreseen=replace(awaited.foreseen, is_put_off=True))
    assert told(awaited)["sentence"]["en"].endswith("the first forecast comes within seconds.")
    assert told(put_off)["sentence"]["en"].startswith("it goes too fast for anybody to act on a forecast.")
    assert told(put_off)["word"]["en"] == "Not foreseen yet"


def test_a_season_that_is_never_through_says_so(a_twin: "MakeTwin") -> None:
    found = told(a_twin(Prospect.LOST, left_at_target=9))
    assert "a day after the run's end" in found["sentence"]["en"]


def test_the_baseline_beside_the_methods_is_not_judged(a_twin: "MakeTwin") -> None:
    pairs = [(twin, twin.forecast(line_down=False)) for twin in (a_twin(n=0), a_twin(Prospect.LOST, n=4))]
    assert [twin.method for twin, _ in judged(pairs)] == ["TRANSCRIPTION"]
    assert [twin.method for twin, _ in judged(pairs[1:])] == ["STANDARD_API"]


def test_what_stands_still_is_said_with_a_forecast_that_does_not_know_it(a_twin: "MakeTwin") -> None:
    pairs = [(twin, twin.forecast(line_down=False)) for twin in (a_twin(),)]
    assert verdict(pairs, is_hindered=True)["sentence"]["en"].endswith("Provided that what stands below is mended.")
    through = a_twin(evening="2021-07-25T18:00")
    assert "Provided" not in verdict([(through, through.forecast(line_down=False))], is_hindered=True)["sentence"]["en"]


def test_a_forecast_of_a_season_that_nobody_drives_says_on_what_it_stands(a_twin: "MakeTwin") -> None:
    twin = a_twin()
    said = verdict([(twin, twin.forecast(line_down=False))], is_left=True)["sentence"]
    assert said["en"].endswith("Nobody drives this season any more: it holds only if it is resumed.")
    assert said["ja"].endswith("再開した場合の予測です。")


def test_a_forecast_of_a_season_of_which_nothing_comes_back_is_given_provided_that_it_does(a_twin: "MakeTwin") -> None:
    twin = a_twin()
    said = verdict([(twin, twin.forecast(line_down=False))], is_stalled=True)["sentence"]
    assert said["en"].endswith(" Provided that what was filed comes back again.")
    assert said["ja"].endswith("。戻りの再開が前提です。")
    through = a_twin(evening="2021-07-25T18:00")
    assert "Provided" not in verdict([(through, through.forecast(line_down=False))], is_stalled=True)["sentence"]["en"]


def test_of_several_municipalities_by_one_method_the_worst_counts_and_what_is_left_is_added(
    a_twin: "MakeTwin",
) -> None:
    twins = (a_twin(Prospect.LOST, left_at_target=7), a_twin(Prospect.SAFE), a_twin(Prospect.LOST, left_at_target=2))
    pairs = [(twin, twin.forecast(line_down=False)) for twin in (*twins, a_twin(n=1))]
    assert worst_by_method(pairs) == {"TRANSCRIPTION": (Prospect.LOST, 9), "RPA": (Prospect.SAFE, 0)}
    assert "9 cases would still wait then." in verdict(pairs)["sentence"]["en"]


def test_municipalities_by_one_method_are_told_apart(a_twin: "MakeTwin") -> None:
    two = [replace(a_twin(), spec=replace(a_twin().spec, municipality=code)) for code in ("483516", "483524")]
    names = [twin.name for twin in told_apart([*two, a_twin(n=1)])]
    assert [name.en for name in names] == ["Transcription 483516", "Transcription 483524", "RPA"]
    assert names[0].ja == "画面からの転記 483516"


def test_everything_registered_is_through_unless_the_line_may_hold_something_back(a_twin: "MakeTwin") -> None:
    after = a_twin(Prospect.SAFE, evening="2021-07-25T18:00")
    assert after.forecast(line_down=False).prospect is Prospect.THROUGH
    assert after.forecast(line_down=True).prospect is Prospect.SAFE
    assert a_twin(Prospect.SAFE).forecast(line_down=False).prospect is Prospect.SAFE


def test_where_no_office_tells_nothing_is_through(a_twin: "MakeTwin") -> None:
    after = replace(a_twin(Prospect.SAFE, evening="2021-07-25T18:00"), report=None)
    assert after.forecast(line_down=False).prospect is Prospect.SAFE
    assert (after.waiting, after.on_the_way) == (None, None)


def test_without_a_season_nothing_is_judged() -> None:
    assert (idle()["state"], standing(5, 3)["state"]) == ("idle", "standing")
    assert "5 accepted, 3 registered" in standing(5, 3)["sentence"]["en"]


def foreseen(twin: Twin, **changes: Any) -> Twin:
    return replace(twin, foreseen=replace(twin.foreseen, **changes))


def test_the_verdict_says_for_which_moment_its_oldest_forecast_was_made(a_twin: "MakeTwin") -> None:
    new, old = foreseen(a_twin(n=0), as_of=june(10, "18:00")), foreseen(a_twin(n=1), as_of=june(10, "17:05"))
    found = told(new, old)
    assert found["as_of"] == {"en": "Forecast as of Thu 10 Jun 17:05.", "ja": "予測は6月10日(木) 17:05時点。"}
    assert not found["is_too_old"]
    found = told(new, foreseen(old, is_too_old=True))
    assert found["as_of"]["en"] == "Forecast as of Thu 10 Jun 17:05: too old by now."
    assert found["as_of"]["ja"] == "予測は6月10日(木) 17:05時点(古い予測です)。"
    assert found["is_too_old"]
    nothing = {"en": "", "ja": ""}
    through = foreseen(a_twin(evening="2021-07-25T18:00"), as_of=june(10, "18:00"), is_too_old=True)
    assert (told(through)["as_of"], told(through)["is_too_old"]) == (nothing, False), "that is no forecast"
    assert (told(a_twin(Prospect.UNKNOWN))["as_of"], idle()["as_of"]) == (nothing, nothing)


def test_the_oldest_forecast_of_a_method_is_told_unless_it_is_through(a_twin: "MakeTwin") -> None:
    through = a_twin(evening="2021-07-25T18:00")
    twins = [
        foreseen(twin, age_s=age_s, overdue_s=overdue_s)
        for twin, age_s, overdue_s in (
            (a_twin(), 90.0, 0.0),
            (a_twin(), 30.0, 5.0),
            (through, 9_000.0, 8_000.0),
            (a_twin(n=1), 7.0, 0.0),
        )
    ]
    pairs = [(twin, twin.forecast(line_down=False)) for twin in twins]
    assert oldest_by_method(pairs) == {"TRANSCRIPTION": (90.0, 5.0), "RPA": (7.0, 0.0)}


@pytest.mark.parametrize(
    ("prospect", "at_risk", "state", "said"),
    [
        (Prospect.SAFE, 0, "safe", "of all 200, 0 cases filed in time would miss"),
        (Prospect.SAFE, 1_234, "at_risk", "of all 200, 1,234 cases filed in time would miss"),
        (Prospect.SAFE, None, "unknown", "of the other 199 nothing is known."),
        (Prospect.LOST, 0, "lost", "of all 200, 0 cases filed in time would miss"),
    ],
)
def test_a_verdict_on_some_municipalities_says_so_and_hides_no_others(
    a_twin: "MakeTwin", prospect: Prospect, at_risk: int | None, state: str, said: str
) -> None:
    twin = a_twin(prospect)
    found = verdict([(twin, twin.forecast(line_down=False))], whole=Whole(shown=1, of=200, at_risk=at_risk))
    assert found["state"] == state
    assert "This is of the 1 municipalities shown" in found["sentence"]["en"]
    assert said in found["sentence"]["en"]
    assert "表示中の1自治体の判定です。" in found["sentence"]["ja"]
