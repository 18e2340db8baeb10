"""Blocking calls hold up nothing: neither whoever waits, nor the end of the program, nor a loop that is gone."""

import asyncio
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path

import pytest

from app import limited
from app.limited import call_with_limit, import_beside


async def test_the_result_and_the_error_come_back() -> None:
    assert await call_with_limit(lambda: 7, 5) == 7
    with pytest.raises(ZeroDivisionError):
        await call_with_limit(lambda: 1 // 0, 5)


async def test_a_call_that_hangs_is_given_up() -> None:
    released = threading.Event()
    with pytest.raises(TimeoutError):
        await call_with_limit(lambda: released.wait(30), 0.02)
    released.set()


async def test_a_thread_makes_one_call_after_the_other() -> None:
    assert len({await call_with_limit(threading.get_ident, 5) for _ in range(20)}) < 20


async def test_a_thread_that_is_idle_makes_every_next_call() -> None:
    limited._idle.clear()
    made = set()
    for _ in range(5):
        made.add(await call_with_limit(threading.current_thread, 5))
        while not limited._idle:  # noqa: ASYNC110 - a thread that becomes idle has no event
            await asyncio.sleep(0.001)
    assert len(made) == 1


async def test_nothing_waits_behind_a_call_that_hangs() -> None:
    released, at_work = threading.Event(), threading.Event()

    def hang() -> int:
        at_work.set()
        released.wait(30)
        return threading.get_ident()

    hanging = asyncio.ensure_future(call_with_limit(hang, 30))
    await asyncio.to_thread(at_work.wait, 30)
    others = await asyncio.gather(*(call_with_limit(threading.get_ident, 5) for _ in range(20)))
    released.set()
    assert await hanging not in others


async def test_a_thread_ends_when_nobody_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "_IDLE_SECONDS", 0.01)
    # Whoever waits already does so for longer.
    limited._idle.clear()
    thread = await call_with_limit(threading.current_thread, 5)
    thread.join(10)
    assert not thread.is_alive()
    assert thread not in limited._idle
    assert await call_with_limit(lambda: 7, 5) == 7


async def test_what_a_call_holds_goes_with_it() -> None:
    class Work:
        def __call__(self) -> weakref.ref[object]:
            return weakref.ref(self)

    seen = await call_with_limit(Work(), 5)
    for _ in range(500):
        if seen() is None:
            break
        await asyncio.sleep(0.01)
    assert seen() is None


async def test_an_answer_after_its_time_is_dropped_without_ado() -> None:
    faults: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))
    released, done = threading.Event(), threading.Event()

    def hang() -> None:
        released.wait(30)
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).add_done_callback(lambda _: done.set())

    loop = asyncio.get_running_loop()
    try:
        for _ in range(2):
            with pytest.raises(TimeoutError):
                await call_with_limit(hang, 0.02)
        released.set()
        assert await asyncio.to_thread(done.wait, 30)
        await asyncio.sleep(0.05)
    finally:
        loop.set_exception_handler(None)
    assert faults == []


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

    at_work: list[threading.Thread] = []

    def work() -> None:
        at_work.append(threading.current_thread())
        released.wait(30)

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            await call_with_limit(work, 0.02)

    before = threading.excepthook
    threading.excepthook = failures.append
    try:
        loop = asyncio.new_event_loop()
        loop.run_until_complete(give_up())
        loop.close()
        released.set()
        end = time.monotonic() + 10
        while at_work[0] not in limited._idle and time.monotonic() < end:
            time.sleep(0.001)
        assert at_work[0] in limited._idle
    finally:
        threading.excepthook = before
    assert failures == []


async def test_a_module_is_imported_once_and_beside_the_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slow_to_load.py").write_text("import threading\nthread = threading.get_ident()\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    await import_beside("slow_to_load")
    module = sys.modules["slow_to_load"]
    await import_beside("slow_to_load")
    assert sys.modules.pop("slow_to_load") is module
    assert module.thread != threading.get_ident()
    with pytest.raises(ModuleNotFoundError):
        await import_beside("not_there_at_all")
