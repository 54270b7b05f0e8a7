"""Pages of docs/ that are generated from declarations, so that they cannot say anything else."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.files import replace_text


@dataclass(frozen=True)
class Page:
    """One page: where it lies and what makes its text, the same on every machine."""

    path: Path
    render: Callable[[], str]

    def write(self, path: Path | None = None) -> None:
        """Write the page, elsewhere where a path is given."""
        replace_text(path or self.path, self.render())

    def check(self, path: Path | None = None) -> list[str]:
        """How the page differs from the declaration, as lines of a unified diff; empty where it says the same."""
        file = path or self.path
        present = file.read_text(encoding="utf-8") if file.is_file() else ""
        return list(
            difflib.unified_diff(present.splitlines(), self.render().splitlines(), file.name, "declared", lineterm="")
        )

    def main(self, arguments: Sequence[str] = ()) -> int:
        """Write the page, or with `--check` print the difference; 1 where there is one."""
        if "--check" not in arguments:
            self.write()
            return 0
        difference = self.check()
        print("\n".join(difference) or f"{self.path.name} says what is declared")
        return 1 if difference else 0
