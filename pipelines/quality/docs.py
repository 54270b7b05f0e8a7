"""Data Docs: a page per table and delivery, rendered by Great Expectations' own renderers, and two levels of index.

Great Expectations' site builder is not used: it rewrites one site from all results, which several ingest processes
would do to each other at once, more slowly with every delivery, and its pages fetch styles and scripts from public
servers, which an office network does not reach. Here a page is a file of its own, styles included.

    docs_dir/index.html                  the tables
    docs_dir/<table>/index.html          the deliveries of a table
    docs_dir/<table>/<delivery>.html     the page; <delivery>.json beside it is the validation result
    docs_dir/<table>/.pages.json         what the table's index says of each page
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult
from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
from great_expectations.render.view.view import DefaultJinjaPageView

from pipelines.catalog import TABLES
from pipelines.files import replace_text

_TEMPLATES = Path(__file__).parent / "templates"
_PAGES = ".pages.json"
_HEADER = ["结果 Status", "规则 Rule", "不符合 Broken", "编号 Id", "处理 Consequence", "理由 Why"]


@lru_cache(maxsize=1)
def _view() -> DefaultJinjaPageView:
    # Great Expectations' own templates are found first: none of ours may be called like one of theirs (table.j2).
    return DefaultJinjaPageView(custom_views_directory=str(_TEMPLATES))


@lru_cache(maxsize=1)
def _style() -> str:
    return (_TEMPLATES / "style.css").read_text(encoding="utf-8")


def write_page(
    result: ExpectationSuiteValidationResult, table: str, delivery: str, n_rows: int, docs_dir: Path
) -> Path:
    """Write the delivery's page and its validation result, then bring the indexes up to date; the page's path.

    Safe between processes: every file is replaced whole, and the indexes are written under a lock from what is there.
    """
    n_broken = sum(not one.success for one in result.results)
    summary = {
        "table": table,
        "delivery": delivery,
        "n_rows": n_rows,
        "n_rules": len(result.results),
        "n_broken": n_broken,
    }
    stored = result.to_json_dict()
    document = ValidationResultsPageRenderer().render(result).to_json_dict()
    for section in document["sections"]:
        for block in section["content_blocks"]:
            if block.get("header_row"):
                block["header_row"] = _HEADER
    page = _render("delivery.j2", sections=document["sections"], zh=_zh(table), **summary)

    folder = docs_dir / table
    folder.mkdir(parents=True, exist_ok=True)
    name = file_name(delivery)
    replace_text(folder / f"{name}.json", json.dumps({**summary, "result": stored}, ensure_ascii=False))
    replace_text(folder / f"{name}.html", page)
    with _locked(docs_dir):
        _write_indexes(docs_dir, folder, name, summary)
    return folder / f"{name}.html"


def file_name(delivery: str) -> str:
    """The label as one harmless file name; different labels never share one."""
    safe = re.sub(r"[^\w.=-]", "_", delivery).lstrip(".")
    if safe == delivery and safe != "index":
        return safe
    return f"{safe}-{hashlib.sha256(delivery.encode()).hexdigest()[:12]}"


def _write_indexes(docs_dir: Path, folder: Path, name: str, summary: Mapping[str, object]) -> None:
    """Both indexes; a table's own is kept as data, or every new page would read the results of all pages before it."""
    known = folder / _PAGES
    pages = json.loads(known.read_text(encoding="utf-8")) if known.is_file() else {}
    pages[name] = {**summary, "href": quote(f"{name}.html")}
    replace_text(known, json.dumps(pages, ensure_ascii=False))
    listed = [pages[one] for one in sorted(pages)]
    replace_text(folder / "index.html", _render("deliveries.j2", table=folder.name, zh=_zh(folder.name), pages=listed))
    tables = [
        (one.parent.name, _zh(one.parent.name), len(json.loads(one.read_text(encoding="utf-8"))))
        for one in sorted(docs_dir.glob(f"*/{_PAGES}"))
    ]
    replace_text(docs_dir / "index.html", _render("tables.j2", tables=tables))


def _zh(table: str) -> str:
    """What officials call the table; nothing for one that is no longer declared."""
    return TABLES[table].zh if table in TABLES else ""


def _render(template: str, **values: Any) -> str:
    return str(_view().env.get_template(template).render(style=_style(), **values))


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)
