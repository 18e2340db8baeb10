"""The proof of what a power cut may take, in its short form."""

from pathlib import Path

import pytest

from tests.faults.proof import Scale
from tests.faults.syncs import prove, read_trace

WAL = "<data/absender.db-wal>"
GOOD = [
    *(
        f'7  pwrite64(5{WAL}, "..."..., 24, 0) = 24',
        f"7  fdatasync(5{WAL}) = 0",
        '1  write(1<pipe:[9]>, "draft m0 0\\n", 11) = 11',
    ),
    *(
        f'7  pwrite64(5{WAL}, "..."..., 24, 0) = 24',
        f"7  fdatasync(5{WAL}) = 0",
        '1  write(1<pipe:[9]>, "queued m0\\n", 10) = 10',
    ),
    *(f'7  pwrite64(5{WAL}, "..."..., 24, 0) = 24', f"7  fdatasync(5{WAL}) = 0"),
    *(f'7  pwrite64(5{WAL}, "..."..., 24, 0) = 24', f"7  fdatasync(5{WAL} <unfinished ...>"),
    *("1  futex(...) = 0", "7  <... fdatasync resumed>) = 0", '1  write(1<pipe:[9]>, "dot\\n", 4) = 4'),
    *(
        f'7  pwrite64(5{WAL}, "..."..., 24, 0) = 24',
        f"7  fdatasync(5{WAL}) = 0",
        '1  write(1<pipe:[9]>, "sent m0\\n", 8) = 8',
    ),
]


@pytest.mark.system("gnome-keyring", "strace")
@pytest.mark.case("K2", "K4", "K7")
def test_nothing_is_told_before_the_disk_has_it(tmp_path: Path) -> None:
    proof = prove(Scale.SHORT, tmp_path)
    assert proof.broken == ()
    assert [proof.figures[step] for step in ("draft", "queued", "dot", "sent")] == [4, 2, 2, 2]


def test_a_sync_that_is_late_or_left_out_is_found() -> None:
    assert read_trace(GOOD).broken == []
    for number, line in enumerate(GOOD):
        if "= 0" in line and "sync" in line:
            assert len(read_trace(GOOD[:number] + GOOD[number + 1 :]).broken) == 1
            # One line later: after the word that has to wait for it.
            late = [*GOOD[:number], GOOD[number + 1], line, *GOOD[number + 2 :]]
            if "write(1<" in GOOD[number + 1]:
                assert read_trace(late).broken
    assert read_trace(GOOD[:-1]).broken == ["only draft, queued, dot"]
