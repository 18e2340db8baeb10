"""Run the proofs one after the other and print their figures as JSON, a line each; ends with 1 if a promise broke."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.proof import Proof, Prove, Scale

PROOFS: tuple[str, ...] = (
    "messages",
    "writes",
    "replies",
    "cuts",
    "kill",
    "syncs",
    "soak",
    "canary",
    "queue",
    "serving",
    "exporting",
    "histories",
)
"""The modules of this package that have a `prove`, in the order they are run."""


def main() -> int:
    options = _parser().parse_args()
    if unknown := set(options.names) - set(PROOFS):
        _parser().error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(PROOFS)}")
    scale = Scale.LONG if options.long else Scale.USUAL
    held = [_run(name, scale) for name in options.names or PROOFS]
    return 0 if all(held) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="run.py faults", description=__doc__)
    parser.add_argument("--long", action="store_true", help="the long forms; they take hours")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these proofs")
    return parser


def _run(name: str, scale: Scale) -> bool:
    prove: Prove = importlib.import_module(f"tests.faults.{name}").prove
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="absender-faults-") as folder:
        proof = prove(scale, Path(folder))
    print(_line(proof, time.monotonic() - begun), flush=True)
    return not proof.broken


def _line(proof: Proof, seconds: float) -> str:
    told = {
        "proof": proof.name,
        "promise": proof.promise,
        "held": not proof.broken,
        **proof.figures,
        "seconds": round(seconds, 1),
    }
    if proof.broken:
        told["broken"] = [f"{len(proof.broken)} in all", *proof.broken[:20]]
    return json.dumps(told, ensure_ascii=False)


if __name__ == "__main__":
    sys.exit(main())
