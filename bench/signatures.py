"""What citizens' signatures cost: certificates issued, applications signed and checked, by kind of key.

``python -m bench.signatures [--count 500]``: a line of JSON for each kind of key, in microseconds of the processor; and
how many checks a second a thread does beside another that never waits, as beside a portal's busy event loop.
"""

import argparse
import json
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from shinsei.api.application.v1 import application_pb2 as pb
from shinsei.domain.certificates import Certificate, KeyKind
from shinsei.domain.identification import serial_number
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.runtime.citizens import Cards, Checker

_ISSUED, _EXPIRES = SimTime(18_779 * DAY_MS), SimTime(20_000 * DAY_MS)
_SWITCH_S = 0.001
"""As in the portal."""


def microseconds(work: Callable[[Any], Any], items: Sequence[Any]) -> float:
    """Of the processor, for each item."""
    began_s = time.process_time()
    for item in items:
        work(item)
    return round((time.process_time() - began_s) / len(items) * 1e6, 1)


def beside_a_busy_thread(work: Callable[[Any], Any], items: Sequence[Any]) -> int:
    """Items a second on the wall."""
    ended = threading.Event()

    def busy() -> None:
        while not ended.is_set():
            pass

    thread = threading.Thread(target=busy)
    thread.start()
    began_s = time.perf_counter()
    for item in items:
        work(item)
    took_s = time.perf_counter() - began_s
    ended.set()
    thread.join()
    return round(len(items) / took_s)


def measured(key: KeyKind, count: int, cards: Cards, checker: Checker) -> dict[str, Any]:
    """One kind of key."""
    certificates = [
        Certificate(serial=serial_number(1, str(n)), key=key, issued_at=_ISSUED, expires_at=_EXPIRES)
        for n in range(count)
    ]
    application = pb.Application(submission_id="482013-10-000001", fields={f"field-{n}": "x" * 20 for n in range(10)})
    found: dict[str, Any] = {"key": key, "issue_us": microseconds(cards.certificate, certificates)}
    found["sign_us"] = microseconds(lambda certificate: cards.sign(certificate, application), certificates)
    signed = [cards.sign(certificate, application) for certificate in certificates]

    def check(one: pb.SignedApplication) -> None:
        checker.signer(one.application, one.certificate, one.signature)

    found["check_us"] = {"new certificate": microseconds(check, signed), "known": microseconds(check, signed)}
    found["known_per_s_beside_a_busy_thread"] = beside_a_busy_thread(check, signed)
    found["bytes"] = {"certificate": len(signed[0].certificate), "signature": len(signed[0].signature)}
    return found


def main() -> None:
    """Measures both kinds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500, help="of each")
    given = parser.parse_args()
    sys.setswitchinterval(_SWITCH_S)
    cards = Cards.new()
    checker = Checker(cards.authority)
    for key in KeyKind:
        print(json.dumps(measured(key, given.count, cards, checker)), flush=True)


if __name__ == "__main__":
    main()
