"""`absender support`: the support bundle, from a data folder in any state; nothing is opened, changed or fetched."""

from __future__ import annotations

import argparse
import asyncio

from app.cli.output import Output, cell
from app.services import now
from app.storage.folder import DataFolder
from app.support.bundle import Bundle, gather, save

__all__ = ["run_support"]


async def run_support(arguments: argparse.Namespace, folder: DataFolder, out: Output) -> int:
    """Write or print the bundle; raises StorageError for a file that is there already or cannot be written."""
    readme = out.front.support_readme(mask=arguments.mask)
    bundle = await asyncio.to_thread(gather, folder, now(), mask=arguments.mask, readme=readme)
    if arguments.action == "show":
        return out.result(_printed(bundle), {"masked": arguments.mask, "files": _texts(bundle)})
    file = arguments.file.expanduser().absolute()
    await asyncio.to_thread(save, bundle, file)
    names = [each.name for each in bundle.files]
    return out.result(f"{cell(file)}", {"file": str(file), "masked": arguments.mask, "files": names})


def _texts(bundle: Bundle) -> dict[str, str]:
    return {each.name: each.text for each in bundle.files}


def _printed(bundle: Bundle) -> str:
    return "\n".join(f"--- {each.name} ---\n{each.text}" for each in bundle.files)
