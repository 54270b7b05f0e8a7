"""What every command shares: the application, its exit codes, its two outputs, its two forms of answer."""

from __future__ import annotations

import dataclasses
import json
import sys
from typing import Annotated, Any

import typer
from rich.console import Console

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Bidui 比对: quarterly comparison of registers.")
# Written to a file or a log, tables are as wide as their words need.
out, err = Console(width=None if sys.stdout.isatty() else 112), Console(stderr=True)
DONE, FAILED, REFUSED, NOT_YET = 0, 1, 3, 4

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")]
QuarterOption = Annotated[str, typer.Option("--quarter", help="Quarter, such as 2018Q4.")]


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {k: _plain(v) for k, v in dataclasses.asdict(value).items()}
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(v) for v in value]
    return value if isinstance(value, (int, float, bool, str, type(None))) else str(value)


def document(result: Any) -> None:
    """Print an answer as one JSON document on standard output."""
    print(json.dumps(_plain(result), ensure_ascii=False))


def say(result: Any, as_json: bool, text: str) -> None:
    """Print an answer as one JSON document, or its words."""
    if as_json:
        document(result)
    else:
        out.print(text)
