from itertools import islice

import pytest
import structlog

from shinsei.runtime.retry import ExponentialBackoff, describe, until_success

AT_ONCE = ExponentialBackoff(first_s=0, max_s=0)


def test_delays_grow_by_the_factor_up_to_the_maximum() -> None:
    policy = ExponentialBackoff(first_s=0.5, factor=2, max_s=3)
    assert list(islice(policy.delays_s(), 5)) == [0.5, 1, 2, 3, 3]


async def test_a_transient_failure_is_tried_again_until_it_passes() -> None:
    failures = [ConnectionError(), ConnectionError()]

    async def work() -> str:
        if failures:
            raise failures.pop()
        return "done"

    assert await until_success(work, AT_ONCE, lambda error: isinstance(error, ConnectionError)) == "done"


async def test_any_other_failure_is_raised_at_once() -> None:
    calls = []

    async def work() -> None:
        calls.append(1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await until_success(work, AT_ONCE, lambda error: isinstance(error, ConnectionError))
    assert calls == [1]


async def test_a_transient_failure_is_raised_when_time_is_up() -> None:
    async def work() -> None:
        raise ConnectionError("away")

    with pytest.raises(ConnectionError, match="away"):
        await until_success(work, AT_ONCE, lambda _: True, give_up_after_s=-1)


def test_an_error_is_described_in_one_line() -> None:
    assert describe(ValueError("two\n lines")) == "ValueError: two lines"
    assert describe(TimeoutError()) == "TimeoutError"


async def test_a_long_wait_is_told_once_and_its_end_once() -> None:
    failures = [ConnectionError("away") for _ in range(32)]

    async def work() -> str:
        if failures:
            raise failures.pop()
        return "done"

    with structlog.testing.capture_logs() as lines:
        await until_success(work, AT_ONCE, lambda _: True, structlog.get_logger("x"))
    assert [(line["event"], line["log_level"]) for line in lines] == [
        ("attempt_failed", "warning"),
        ("attempt_succeeded", "info"),
    ]
    assert lines[0]["error"] == "ConnectionError: away"
    assert lines[1]["attempt"] == 33


async def test_what_succeeds_at_once_is_not_told() -> None:
    async def work() -> str:
        return "done"

    with structlog.testing.capture_logs() as lines:
        await until_success(work, AT_ONCE, lambda _: True, structlog.get_logger("x"))
    assert lines == []
