"""The demo: the sample province through a real Airflow into a real PostgreSQL, by events alone."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import text

from pipelines import regions
from pipelines.deliveries.ledger import Ledger, warehouse_engine
from pipelines.measures.checks import OPEN
from pipelines.periods import Quarter
from pipelines.planning import arrived
from pipelines.releases import PUBLISHED, all_releases
from pipelines.sample.run import deliver_sample, make_sample
from pipelines.settings import settings
from pipelines.sources import SOURCES
from pipelines.stack.airflow import LocalAirflow
from pipelines.stack.local import addresses, down, reset, start_warehouse
from pipelines.stack.processes import StackError
from pipelines.status import Deliveries, overview

QUARTERS = ("2018Q3", "2018Q4", "2019Q1")
SCALE = 0.01
SEED = 20181030
PATIENCE_SECONDS = 900
MARKER = "demo"


@dataclass(frozen=True)
class State:
    """How far the pipeline is: deliveries with a receipt, deliveries staged, quarters that readers see."""

    received: int
    staged: int
    published: int


def demo(console: Console, *, scale: float = SCALE) -> None:
    """Run the demo and print what it found; stops what it started. StackError where it did not come to its end."""
    _take_home()
    chosen = settings()
    (chosen.home / MARKER).touch()
    began = time.monotonic()
    try:
        with console.status("starting PostgreSQL"):
            start_warehouse(chosen)
        chosen = settings()
        with console.status("making the sample province while Airflow boots"), ThreadPoolExecutor(1) as pool:
            boot = pool.submit(LocalAirflow(chosen).start)
            made = make_sample(scale, QUARTERS, SEED)
            boot.result()
        console.print(
            f"sample province: {made.people:,} registered, {made.deliveries} deliveries, {made.rows:,} rows;"
            f" Airflow is up after {time.monotonic() - began:.0f} s"
        )
        _watch(console, len(deliver_sample()))
        report(console)
        console.print(f"\nAll of it took {time.monotonic() - began:.0f} s. Where to look (`make up` starts it again):")
        for line in addresses(chosen):
            console.print(f"  {line}", soft_wrap=True, highlight=False)
    finally:
        with console.status("stopping Airflow and PostgreSQL"):
            down()


def _take_home() -> None:
    """An earlier demo's data makes room; anybody else's stays, with a word what to do."""
    home = settings().home
    if (home / MARKER).exists():
        reset()
    elif home.is_dir() and any(settings().landing.glob("*")):
        raise StackError(f"{home} holds data that is not a demo's: run `make reset` first, or set BIDUI_HOME elsewhere")
    home.mkdir(parents=True, exist_ok=True)


def _state() -> State:
    deliveries = arrived(Ledger())
    quarters = {r.quarter for r in all_releases() if r.state == PUBLISHED}
    return State(len(Ledger().known()), sum(d.staged is not None for d in deliveries), len(quarters))


def _watch(console: Console, expected: int) -> None:
    columns = (TextColumn("{task.description:<32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    deadline = time.monotonic() + PATIENCE_SECONDS
    with Progress(*columns, console=console) as progress:
        received = progress.add_task("deliveries received", total=expected)
        staged = progress.add_task("deliveries staged and validated", total=expected)
        published = progress.add_task("quarters published", total=len(QUARTERS))
        while True:
            state = _state()
            progress.update(received, completed=state.received)
            progress.update(staged, completed=state.staged)
            progress.update(published, completed=state.published)
            if state.published == len(QUARTERS) and state.received == expected:
                return
            _stop_on_failure()
            if time.monotonic() > deadline:
                raise StackError(f"not done after {PATIENCE_SECONDS} s: see {settings().logs} and `bidui status`")
            time.sleep(1)


def _stop_on_failure() -> None:
    with warehouse_engine().connect() as connection:
        row = connection.execute(
            text(
                "SELECT dag_id, task_id, quarter, message FROM ops.incident WHERE kind = 'failure' ORDER BY incident LIMIT 1"
            )
        ).first()
    if row is not None:
        raise StackError(
            f"{row.dag_id}.{row.task_id} failed for {row.quarter}: {row.message}; logs in {settings().logs}"
        )


def report(console: Console) -> None:
    """Print what readers of the warehouse see: deliveries, headline coverage with its change, who is furthest behind, cases."""
    view = overview()
    console.print(_deliveries(view.deliveries))
    console.print(f"files as they came: {_forms()}")
    with warehouse_engine().connect() as connection:
        coverage = connection.execute(
            text(
                "SELECT c.measure_code, m.measure_name, c.quarter, c.n_numerator, c.n_denominator, c.coverage_rate"
                " FROM mart.mart_coverage c JOIN (SELECT measure_code, measure_name FROM mart.mart_measure WHERE is_headline) m"
                " USING (measure_code) WHERE c.region_level = 'province' AND c.cut = 'total' ORDER BY 1, 3"
            )
        ).all()
        behind = connection.execute(
            text(
                "SELECT region_code, n_denominator - n_numerator AS uncovered, n_denominator, coverage_rate"
                " FROM mart.mart_coverage WHERE region_level = 'county' AND cut = 'total' AND measure_code = 'M03'"
                " AND quarter = :quarter AND n_denominator >= 20 ORDER BY coverage_rate, region_code LIMIT 3"
            ),
            {"quarter": QUARTERS[-1]},
        ).all()
        cases = connection.execute(
            text(
                "SELECT quarter, sum(n_cases) FILTER (WHERE case_state_code = ANY (:open)) AS open,"
                " coalesce(sum(n_cases) FILTER (WHERE case_state_code = 'new'), 0) AS new,"
                " coalesce(sum(n_cases) FILTER (WHERE case_state_code = 'cleared'), 0) AS cleared"
                " FROM mart.mart_case_count WHERE region_level = 'province' GROUP BY quarter ORDER BY quarter"
            ),
            {"open": list(OPEN)},
        ).all()
    table = Table("measure 指标", *QUARTERS, title="Coverage of the province 全省覆盖 (change in points 较上季百分点)")
    for code in sorted({row.measure_code for row in coverage}):
        rows = {row.quarter: row for row in coverage if row.measure_code == code}
        before = [None, *(rows.get(quarter) for quarter in QUARTERS)]
        cells = [_cell(rows.get(quarter), was) for quarter, was in zip(QUARTERS, before, strict=False)]
        table.add_row(f"{code} {next(iter(rows.values())).measure_name}", *cells)
    console.print(table)
    names = {d.region_code: d.name for d in regions.divisions(Quarter.parse(QUARTERS[-1]).last_day, "county")}
    table = Table(
        "county 县区",
        "covered 参保率",
        "not covered 未参保",
        "of 应保",
        title=f"Furthest behind in M03, {QUARTERS[-1]} 最落后三县",
    )
    for row in behind:
        table.add_row(
            names.get(row.region_code, row.region_code),
            f"{row.coverage_rate:.1%}",
            str(row.uncovered),
            str(row.n_denominator),
        )
    console.print(table)
    told = "; ".join(f"{row.quarter} {row.open:,} open, {row.new:,} new, {row.cleared:,} cleared" for row in cases)
    console.print(f"cases to verify 待核实: {told}; a list a county: bidui lists --quarter {QUARTERS[-1]}")
    console.print(
        "the other measures: mart.mart_coverage; figures: mart.mart_figure; docs/measures.md says what each counts"
    )


def _deliveries(lines: Sequence[Deliveries]) -> Table:
    """Systems against quarters: deliveries, rows received, rows quarantined."""
    table = Table(title="Deliveries 报送 (rows in 收到 / quarantined 隔离)")
    table.add_column("system 系统")
    for name in ("deliveries 批次", *QUARTERS):
        table.add_column(name, justify="right")
    for system in SOURCES:
        own = {line.quarter: line for line in lines if line.system == system}
        cells = [f"{own[q].rows_in:,} / {own[q].rows_quarantined}" if q in own else "—" for q in QUARTERS]
        table.add_row(SOURCES[system].zh, str(sum(line.deliveries for line in own.values())), *cells)
    return table


def _forms() -> str:
    """How many files came in which form, most frequent first; a text file's form is its encoding."""
    forms: Counter[str] = Counter()
    for delivery in Ledger().deliveries():
        for file in delivery.files:
            form = Path(str(file["name"])).suffix.lstrip(".").upper()
            forms[f"{form} {str(file['read_as']).upper()}" if form in ("CSV", "TXT") else form] += 1
    return ", ".join(f"{count} {form}" for form, count in forms.most_common())


def _cell(row: Any, before: Any) -> str:
    if row is None or row.coverage_rate is None:
        return "no data 无数据"
    known = before is not None and before.coverage_rate is not None
    change = f" ({(row.coverage_rate - before.coverage_rate) * 100:+.2f})" if known else ""
    return f"{row.coverage_rate:.2%}{change}\n{row.n_numerator:,} / {row.n_denominator:,}"
