"""What a reader detected, in words for the receipt: nothing is guessed in silence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.deliveries.readers.header import Header
from pipelines.deliveries.readers.numbered import Counts
from pipelines.deliveries.readers.origin import ORIGIN, WHOLE_LINE
from pipelines.deliveries.readers.sheets import Facts, Merge
from pipelines.deliveries.reasons import Note
from pipelines.sources.base import SourceTable

_SHOWN = 20


def listed(words: Iterable[str]) -> tuple[str, str]:
    """Words for a Chinese and for an English sentence, safe to print, not more than a reader looks at."""
    shown = ["".join(c if c.isprintable() else " " for c in word).strip()[:60] for word in words]
    more = f" …({len(shown)})" if len(shown) > _SHOWN else ""
    return "、".join(f"“{word}”" for word in shown[:_SHOWN]) + more, ", ".join(shown[:_SHOWN]) + more


def on_part(name: str, table: SourceTable, form: tuple[str, str], header: Header, counts: Counts) -> list[Note]:
    """Notes on any part; `form` says what kind of file it is, in Chinese and English."""
    lines = f"{header.first_row}–{header.row}" if header.first_row < header.row else f"{header.row}"
    where_zh, where_en = (f",表头在第 {lines} 行", f", header on line {lines}") if header.row else ("", "")
    notes = [
        Note(
            "read_as",
            f"文件“{name}”:{form[0]}{where_zh},读取 {counts.rows} 行数据。",
            f"'{name}': {form[1]}{where_en}, {counts.rows} rows of data.",
        )
    ]
    if header.renamed:
        pairs = [f"{' '.join(cell.split())}→{table.column(column).header}" for column, cell in header.renamed.items()]
        zh, en = listed(pairs)
        notes.append(
            Note(
                "renamed_columns",
                f"文件“{name}”按对应关系读取的列:{zh}。",
                f"'{name}': columns taken under another name: {en}.",
            )
        )
    if table.layouts:
        layout = next((layout.zh for layout in table.layouts if layout.name == header.layout), "本表现行格式")
        notes.append(
            Note(
                "layout",
                f"文件“{name}”的表头属于:{layout};代码按这一格式解释。",
                f"'{name}': the headers belong to the family '{header.layout or 'own'}'; codes are read by it.",
            )
        )
    if header.said:
        zh, en = listed(f"{table.column(column).header}:{text}" for column, text in header.said.items())
        notes.append(
            Note(
                "said_by_name",
                f"文件“{name}”没有的列,按工作表或文件的名称读作:{zh}。",
                f"'{name}': columns it has not, taken from the name of the sheet or file: {en}.",
            )
        )
    if header.units:
        zh, en = listed(header.cells[header.positions[column]] for column in header.units)
        notes.append(
            Note(
                "ten_thousand",
                f"文件“{name}”中以万元为单位的列,已换算成元:{zh}。",
                f"'{name}': columns in units of 10,000 yuan, read as such: {en}.",
            )
        )
    if unknown := [cell for cell in header.unknown if cell.strip() not in (*ORIGIN, WHOLE_LINE)]:
        zh, en = listed(unknown)
        notes.append(
            Note(
                "unknown_columns",
                f"文件“{name}”有未约定的列,没有使用:{zh}。",
                f"'{name}' has columns that are not agreed and are not used: {en}.",
            )
        )
    return notes + _on_lines(name, counts)


def _on_lines(name: str, counts: Counts) -> list[Note]:
    notes = []
    if counts.replaced:
        notes.append(
            Note(
                "unreadable_characters",
                f"文件“{name}”有 {counts.replaced} 个字无法读出,以“�”代替。",
                f"{counts.replaced} character(s) of '{name}' cannot be read and became '�'.",
            )
        )
    if counts.footers:
        notes.append(
            Note(
                "footers",
                f"文件“{name}”:表尾 {counts.footers} 行(合计、填表人等)未计入。",
                f"'{name}': {counts.footers} footer line(s) left out.",
            )
        )
    if counts.misshapen:
        notes.append(
            Note(
                "misshapen",
                f"文件“{name}”:{counts.misshapen} 行的列数与表头不符,将单独列出。",
                f"'{name}': {counts.misshapen} line(s) differ from the header in shape and are listed apart.",
            )
        )
    return notes


def on_sheet(name: str, header: Header, facts: Facts, filled: Sequence[Merge], kept: Sequence[Merge]) -> list[Note]:
    """Notes on what is special about a sheet: `filled` merged cells were filled down, `kept` ones count once."""
    notes = []
    hidden = [
        cell
        for place, cell in enumerate(header.cells)
        if cell and any(first <= place <= last for first, last in facts.hidden_columns)
    ]
    if hidden:
        zh, en = listed(hidden)
        notes.append(
            Note(
                "hidden_columns",
                f"文件“{name}”有隐藏的列,已照常读取:{zh}。",
                f"'{name}' has hidden columns; they were read like the others: {en}.",
            )
        )
    if facts.hidden_rows:
        notes.append(
            Note(
                "hidden_rows",
                f"文件“{name}”有 {facts.hidden_rows} 行被隐藏或筛选掉,已照常读取。",
                f"'{name}' has {facts.hidden_rows} hidden or filtered row(s); they were read like the others.",
            )
        )
    if filled:
        zh, en = listed(dict.fromkeys(header.cells[merge.left] for merge in filled))
        notes.append(
            Note(
                "merged_filled",
                f"文件“{name}”有 {len(filled)} 处跨行合并的单元格,其值已填到所跨的各行:{zh}。",
                f"'{name}': {len(filled)} cell(s) merged over rows; their text was put into each row: {en}.",
            )
        )
    if kept:
        zh, en = listed(dict.fromkeys(header.cells[merge.left] for merge in kept))
        notes.append(
            Note(
                "merged_amounts",
                f"文件“{name}”有 {len(kept)} 处跨行合并的金额,只计在第一行,其余行为空:{zh}。",
                f"'{name}': {len(kept)} amount(s) merged over rows; each counts in its first row only: {en}.",
            )
        )
    if facts.errors:
        notes.append(
            Note(
                "formula_errors",
                f"文件“{name}”有 {facts.errors} 个单元格是公式错误(如 #REF!、#N/A)。",
                f"'{name}': {facts.errors} cell(s) hold a formula's error, such as #REF! or #N/A.",
            )
        )
    return notes


def on_other_sheets(name: str, others: Sequence[str], hidden: Sequence[str]) -> list[Note]:
    """Notes on the sheets of a workbook that were not read: `others` have no header of the table, `hidden` have."""
    notes = []
    if others:
        zh, en = listed(others)
        notes.append(
            Note(
                "other_sheets",
                f"工作簿“{name}”中没有本表表头的工作表,没有读取:{zh}。",
                f"'{name}': sheets without the header of this table were not read: {en}.",
            )
        )
    if hidden:
        zh, en = listed(hidden)
        notes.append(
            Note(
                "hidden_sheets",
                f"工作簿“{name}”有隐藏的工作表也像本表的数据,没有读取:{zh}。如应报送,请取消隐藏后重新报送。",
                f"'{name}': hidden sheets look like data of this table and were not read: {en}. Unhide them to send them.",
            )
        )
    return notes


def on_other_files(name: str, others: Sequence[str]) -> list[Note]:
    """A note on the files of an archive that cannot hold data."""
    if not others:
        return []
    zh, en = listed(others)
    return [
        Note(
            "other_files",
            f"压缩文件“{name}”中的说明、图片等没有读取:{zh}。",
            f"'{name}': documents and pictures in it were not read: {en}.",
        )
    ]
