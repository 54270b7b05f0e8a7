"""Which release casework reads, and where its workbooks lie."""

from __future__ import annotations

from pathlib import Path

from pipelines.errors import NotReady
from pipelines.periods import Quarter
from pipelines.releases import Release, all_releases
from pipelines.settings import settings


def computed(quarter: Quarter) -> Release:
    """The newest computed release of a quarter. NotReady where there is none."""
    found = [release for release in all_releases() if release.quarter == quarter and release.content]
    if not found:
        raise NotReady(f"nothing is computed of {quarter}; `bidui status` lists what is")
    return max(found, key=lambda release: release.release)


def folder_of(quarter: Quarter) -> Path:
    """The home's folder of a quarter's lists."""
    return settings().home / "lists" / quarter.key
