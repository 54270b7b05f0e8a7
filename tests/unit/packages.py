"""XLSX packages written part by part, for what no program that writes them would write."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def cell(place: str, text: str) -> str:
    """A cell with a text of its own."""
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def row(number: int, texts: Sequence[str]) -> str:
    """A row of texts from column A."""
    cells = "".join(cell(f"{chr(65 + place)}{number}", text) for place, text in enumerate(texts))
    return f'<row r="{number}">{cells}</row>'


def sheet(*rows: str, after: str = "", before: str = "") -> str:
    """A worksheet's XML."""
    return f'<worksheet xmlns="{NAMESPACE}">{before}<sheetData>{"".join(rows)}</sheetData>{after}</worksheet>'


def package(path: Path, sheets: Mapping[str, str], more: Mapping[str, str | bytes] | None = None) -> Path:
    """Write an XLSX of these worksheets (name → XML); `more` adds or replaces parts."""
    related = "".join(
        f'<Relationship Id="r{n}" Type="{_RELATED}/worksheet" Target="worksheets/s{n}.xml"/>'
        for n in range(len(sheets))
    )
    listed = "".join(f'<sheet name="{escape(name)}" sheetId="{n + 1}" r:id="r{n}"/>' for n, name in enumerate(sheets))
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships><Relationship Id="r1" Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{NAMESPACE}" xmlns:r="{_RELATED}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships>{related}<Relationship Id="t" Type="{_RELATED}/sharedStrings"'
        f' Target="sharedStrings.xml"/><Relationship Id="f" Type="{_RELATED}/styles" Target="/xl/styles.xml"/>'
        "</Relationships>",
        "xl/sharedStrings.xml": f'<sst xmlns="{NAMESPACE}"></sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{NAMESPACE}"></styleSheet>',
        **{f"xl/worksheets/s{n}.xml": text for n, text in enumerate(sheets.values())},
        **(more or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path
