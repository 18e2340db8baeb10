"""Blocking calls hold up nothing: neither whoever waits, nor the end of the program, nor a loop that is gone."""

import asyncio
import subprocess
import sys
import threading

import pytest

from app.limited import call_with_limit


async def test_the_result_and_the_error_come_back() -> None:
    assert await call_with_limit(lambda: 7, 5) == 7
    with pytest.raises(ZeroDivisionError):
        await call_with_limit(lambda: 1 // 0, 5)


async def test_a_call_that_hangs_is_given_up() -> None:
    released = threading.Event()
    with pytest.raises(TimeoutError):
        await call_with_limit(lambda: released.wait(30), 0.02)
    released.set()


@pytest.mark.parametrize(
    "call",
    [
        "from app.limited import call_with_limit; work = call_with_limit(hang, 0.05)",
        (
            "import app.policy.source as source; source.TIME_LIMIT = 0.05;"
            "source.FilePolicySource._read = hang; work = source.FilePolicySource(pathlib.Path('x')).fetch('')"
        ),
    ],
    ids=["call", "policy file"],
)
def test_what_hangs_does_not_keep_the_program_from_ending(call: str) -> None:
    script = (
        "import asyncio, pathlib, time\n"
        "hang = lambda *_: time.sleep(60)\n"
        f"{call}\n"
        "try: asyncio.run(work)\n"
        "except Exception: print('given up')\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=True)
    assert ended.stdout == "given up\n"


def test_an_answer_after_the_loop_has_closed_is_dropped_without_ado() -> None:
    released = threading.Event()
    failures: list[threading.ExceptHookArgs] = []

    def work() -> None:
        released.wait(30)

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            await call_with_limit(work, 0.02)

    before = threading.excepthook
    threading.excepthook = failures.append
    try:
        loop = asyncio.new_event_loop()
        loop.run_until_complete(give_up())
        mine = next(thread for thread in threading.enumerate() if thread.name == "limited")
        loop.close()
        released.set()
        mine.join(10)
    finally:
        threading.excepthook = before
    assert failures == []
