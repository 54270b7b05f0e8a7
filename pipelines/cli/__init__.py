"""The `bidui` command: every step of the pipeline without Airflow, and the local stack.

Exit codes: 0 done · 1 failed · 2 wrong use · 3 done, but some delivery was refused or stopped · 4 nothing to do yet.
"""

from __future__ import annotations

import sys

# In the order in which `bidui --help` lists the commands.
from pipelines.cli import sending, steps, casework, oversight, access, evaluation, local  # isort: skip # noqa: F401
from pipelines.cli.application import FAILED, REFUSED, app, err
from pipelines.deliveries.reasons import Refused
from pipelines.errors import ContractBreach, NotReady
from pipelines.stack.processes import StackError

__all__ = ["app", "main"]


def main() -> None:
    """Run the command; known errors become one line that says what to do."""
    try:
        app()
    except (ContractBreach, NotReady, StackError) as error:
        err.print(f"[red]{error}")
        sys.exit(FAILED)
    except Refused as refused:
        for reason in refused.reasons:
            err.print(f"[red]{reason.text}[/] {reason.mend}\n  {reason.text_en} {reason.mend_en}", highlight=False)
        sys.exit(REFUSED)
