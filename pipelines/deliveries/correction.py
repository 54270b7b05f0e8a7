"""A partial delivery: corrected rows of an earlier delivery. Staged, it is that delivery with the rows put in.

Its typed rows are its own and those clean rows of its base that no own clean row replaces: rules about the table as a
whole, history and everything after staging see one whole delivery. Its quarantine holds its own broken rows and those
of the base that were not sent back. An own row replaces the base's row it came from (the export names it), and where
the table's key is unique also the row with its key.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.deliveries import staging
from pipelines.deliveries.cells import literal, quoted, trimmed
from pipelines.deliveries.ledger import STAGED_STATUS, STOPPED_STATUS, Delivery, Ledger, Staged
from pipelines.deliveries.readers import Reading
from pipelines.deliveries.readers.names import folded
from pipelines.deliveries.readers.origin import DELIVERY, FILE, LINE
from pipelines.deliveries.reasons import Reason
from pipelines.engines.text_files import TextFileEngine
from pipelines.errors import ContractBreach
from pipelines.periods import Quarter
from pipelines.quality.rules import Rule
from pipelines.settings import settings
from pipelines.sources.base import SourceTable

_CORRECTED = ("corrected_delivery_id", "corrected_file_name", "corrected_line_number")
_PLACE = ("delivery_id", "file_name", "line_number")


@dataclass(frozen=True)
class Base:
    """One staged table of the delivery that is corrected: its folders in the lake and their rows."""

    delivery_id: str
    cut_date: date
    clean: Path
    quarantined: Path
    n_clean: int
    n_quarantined: int


@dataclass(frozen=True)
class Carried:
    """Rows that a partial delivery takes over from its base; the base's others were replaced or sent back."""

    clean: int = 0
    quarantined: int = 0
    replaced: int = 0
    returned: int = 0


def refusals(delivery: Delivery, tables: frozenset[str], ledger: Ledger) -> list[Reason]:
    """Why a partial delivery of these staged tables cannot be taken, with how to mend it; empty where it can."""
    assert delivery.quarter is not None
    corrects = delivery.corrects
    others = ledger.deliveries(delivery.system, delivery.quarter, "accepted")
    base = next((other for other in others if other.delivery_id == corrects), None)
    if base is None:
        return [
            _reason(
                "corrects_unknown",
                f"{delivery.quarter} 季度没有名为“{corrects}”的已接收批次",
                "请核对“更正批次”和所属季度;整批重报请把“更正批次”留空",
                f"no delivery '{corrects}' of this quarter was accepted",
                "Check the delivery's name and the quarter; leave it empty for a whole delivery",
            )
        ]
    reasons = []
    if base.counties != delivery.counties or base.cut_date != delivery.cut_date:
        reasons.append(
            _reason(
                "corrects_another_scope",
                f"报送范围或数据截止日与被更正的批次“{corrects}”不同",
                "更正不能改变范围和截止日,请与原批次填成一样;要改变的请重新报送整批",
                f"scope or cut date differ from those of '{corrects}'",
                "A correction keeps both; to change them send the whole delivery again",
            )
        )
    if delivery.sequence <= base.sequence:
        reasons.append(
            _reason(
                "corrects_sequence",
                f"报送序号 {delivery.sequence} 不大于被更正批次的序号 {base.sequence}",
                f"请把报送序号改为 {base.sequence + 1} 或更大",
                f"the sequence {delivery.sequence} is not above the base's {base.sequence}",
                f"Make it {base.sequence + 1} or more",
            )
        )
    return reasons + _on_state(base, others, ledger.staged(delivery.system, delivery.quarter), tables)


def _on_state(
    base: Delivery, others: Sequence[Delivery], staged: Sequence[Staged], tables: frozenset[str]
) -> list[Reason]:
    """Why the base is none to correct now: not staged, or no longer the last word for its counties."""
    status = {(one.delivery_id, one.table_name): one.status for one in staged}
    if any(status.get((base.delivery_id, table)) != STAGED_STATUS for table in tables):
        return [
            _reason(
                "corrects_not_staged",
                f"被更正的批次“{base.delivery_id}”还没有入库、没有这张表,或已停用",
                "请等收到“逐行核对结果”后再更正;停用的批次请重新报送整批",
                f"'{base.delivery_id}' is not staged yet, has no such table, or was stopped or held",
                "Wait for the result of the row checks; send a stopped delivery again as a whole",
            )
        ]
    for newer in others:
        own = tables & {str(file["table_name"]) for file in newer.files}
        is_stopped = STOPPED_STATUS in {status.get((newer.delivery_id, table)) for table in own}
        if newer.sequence > base.sequence and newer.counties & base.counties and own and not is_stopped:
            return [
                _reason(
                    "corrects_superseded",
                    f"批次“{base.delivery_id}”之后又有“{newer.delivery_id}”(序号 {newer.sequence}),更正旧批次会丢掉后来的数据",
                    f"请导出“{newer.delivery_id}”的退回行,在其上改正后再报送",
                    f"'{newer.delivery_id}' (sequence {newer.sequence}) is newer than '{base.delivery_id}'",
                    f"Export the quarantined rows of '{newer.delivery_id}' and correct those",
                )
            ]
    return []


def _reason(code: str, zh: str, mend: str, en: str, mend_en: str) -> Reason:
    return Reason(
        code, f"退回更正不能接收:{zh}。", f"{mend}。", f"The correction cannot be taken: {en}.", f"{mend_en}."
    )


def base_of(ledger: Ledger, delivery: Delivery, table: SourceTable, quarter: Quarter) -> Base | None:
    """The table of the delivery that this one corrects; None where it corrects none. ContractBreach where it is gone."""
    if not delivery.corrects:
        return None
    part = f"delivery={delivery.corrects}"
    clean = ledger.partition(table.name, quarter, part)
    apart = ledger.partition(f"{staging.QUARANTINE}_{table.name}", quarter, part)
    if clean is None or apart is None or delivery.cut_date is None:
        raise ContractBreach(f"{delivery.system} {delivery.delivery_id}: {delivery.corrects} is not in the lake")
    lake = settings().lake
    return Base(delivery.corrects, delivery.cut_date, lake / clean.path, lake / apart.path, clean.n_rows, apart.n_rows)


def typed_select(own: str, table: SourceTable, files: Sequence[Reading], base: Base, rules: Sequence[Rule]) -> str:
    """The SELECT of typed, marked rows: those of `own` with the row each corrects, and what the base carries over."""
    staged, place = _listed(table.staged), _listed(_PLACE)
    origin = [f"origin.{name}" for name in _PLACE]
    held = ""
    if table.unique:
        origin = [f"coalesce({one}, held.{name})" for one, name in zip(origin, _PLACE, strict=True)]
        held = f"LEFT JOIN base AS held ON {' AND '.join(f'held.{quoted(k)} = own.{quoted(k)}' for k in table.key)}"
    corrected = ", ".join(f"{one} AS {name}" for one, name in zip(origin, _CORRECTED, strict=True))
    return f"""
WITH own AS MATERIALIZED ({own}
),
base AS (SELECT {staged} FROM {staging.parquet(base.clean)}),
known AS (SELECT {place} FROM base UNION ALL SELECT {place} FROM {staging.parquet(base.quarantined)}),
origin AS (
  SELECT DISTINCT own_file, own_line, {", ".join(f"known.{name}" for name in _PLACE)}
  FROM ({_origins(files)}) AS named JOIN known USING ({place})
),
corrected AS (
  SELECT own.* REPLACE ({corrected}) FROM own {held}
  LEFT JOIN origin ON origin.own_file = own.file_name AND origin.own_line = own.line_number
),
carried AS (
  SELECT *, false AS is_misshapen, true AS is_in_scope, 0 AS key_repeats,
    DATE '{base.cut_date.isoformat()}' AS delivery_cut_date
  FROM base WHERE NOT ({_is_replaced(table, "corrected", rules)})
),
unmarked AS (
  SELECT * EXCLUDE (broken_rules) FROM corrected WHERE false UNION ALL BY NAME SELECT * FROM carried
)
SELECT * FROM corrected UNION ALL BY NAME SELECT *, {staging.marks(rules)} AS broken_rules FROM unmarked
ORDER BY {place}"""


def _is_replaced(table: SourceTable, own: str, rules: Sequence[Rule]) -> str:
    """DuckDB boolean over the base's clean rows: a clean row of the relation `own` stands for it now."""
    clean = f"FROM {own} WHERE NOT {staging.is_quarantined(rules)}"
    replaced = f"({_listed(_PLACE)}) IN (SELECT ({_listed(_CORRECTED)}) {clean} AND corrected_line_number IS NOT NULL)"
    key = _listed(table.key)
    return f"{replaced} OR ({key}) IN (SELECT ({key}) {clean})" if table.unique else replaced


def _listed(names: Iterable[str]) -> str:
    return ", ".join(quoted(name) for name in names)


def _origins(files: Sequence[Reading]) -> str:
    """SELECT of the rows that say where they come from: own file and line; delivery, file and line of the origin."""
    selects = [
        "SELECT NULL::VARCHAR AS own_file, NULL::BIGINT AS own_line, NULL::VARCHAR AS delivery_id,"
        " NULL::VARCHAR AS file_name, NULL::BIGINT AS line_number WHERE false"
    ]
    for file in files:
        places = {folded(cell): place for place, cell in enumerate(file.header.cells)}
        if all(folded(header) in places for header in (DELIVERY, FILE, LINE)):
            delivery, name, line = (trimmed(f"c{places[folded(header)]}") for header in (DELIVERY, FILE, LINE))
            selects.append(
                f"SELECT {literal(file.file_name)}, _line, {delivery}, {name},"
                f" TRY_CAST({line} AS BIGINT) FROM {staging.rows_sent(file)} WHERE _raw IS NULL"
            )
    return " UNION ALL ".join(selects)


def quarantine_select(
    own: str, table: SourceTable, typed: Path | str, base: Base, delivery_id: str, rules: Sequence[Rule]
) -> str:
    """The SELECT of quarantined rows: those of `own`, and the base's that were not sent back.

    A carried row that breaks a rule it did not break when its base was staged stands there with its values as staged.
    """
    cells = ", ".join(f"{literal(c.header)}, CAST({quoted(c.name)} AS VARCHAR)" for c in table.columns)
    place = _listed(_PLACE)
    return f"""
WITH broken AS (
  SELECT *, CAST(json_object({cells}) AS VARCHAR) AS raw FROM {staging.parquet(typed)}
  WHERE {staging.is_quarantined(rules)} AND delivery_id <> {literal(delivery_id)}
)
SELECT * FROM ({own}
) WHERE delivery_id = {literal(delivery_id)}
UNION ALL BY NAME SELECT {staging.reasons(rules)} FROM broken
UNION ALL BY NAME SELECT * FROM {staging.parquet(base.quarantined)} WHERE NOT ({_is_returned(typed, delivery_id)})
ORDER BY {place}"""


def _is_returned(typed: Path | str, delivery_id: str) -> str:
    """DuckDB boolean over the base's quarantined rows: the row was sent back, mended or not."""
    return (
        f"({_listed(_PLACE)}) IN (SELECT ({_listed(_CORRECTED)}) FROM {staging.parquet(typed)}"
        f" WHERE delivery_id = {literal(delivery_id)} AND corrected_line_number IS NOT NULL)"
    )


def carried(
    engine: TextFileEngine, table: SourceTable, typed: Path | str, base: Base, delivery_id: str, rules: Sequence[Rule]
) -> Carried:
    """What a partial delivery takes over from its base. ContractBreach where a row of the base is lost or doubled."""

    def count(relation: str, condition: str) -> int:
        return int(engine.query(f"SELECT count(*) FROM {relation} WHERE {condition}")[0][0])

    own = f"(SELECT * FROM {staging.parquet(typed)} WHERE delivery_id = {literal(delivery_id)})"
    returned = count(staging.parquet(base.quarantined), _is_returned(typed, delivery_id))
    found = Carried(
        clean=count(staging.parquet(typed), f"delivery_id <> {literal(delivery_id)}"),
        quarantined=base.n_quarantined - returned,
        replaced=count(staging.parquet(base.clean), _is_replaced(table, own, rules)),
        returned=returned,
    )
    if found.clean + found.replaced != base.n_clean:
        raise ContractBreach(
            f"{delivery_id} {table.entity}: of {base.n_clean} clean rows of {base.delivery_id}, {found.clean} were "
            f"carried over and {found.replaced} replaced: rows were lost or doubled"
        )
    return found
