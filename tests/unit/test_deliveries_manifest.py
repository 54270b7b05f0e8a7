"""Manifests: the published schema, hostile texts, making a delivery, and every claim held against the folder."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.deliveries import manifest as manifests
from pipelines.deliveries.manifest import MANIFEST, deliver, parse
from pipelines.deliveries.reasons import Refused
from pipelines.deliveries.scope import county_codes, scope_in, scope_label, scope_units
from pipelines.deliveries.verify import Findings, verify
from pipelines.errors import ContractBreach
from pipelines.periods import ZONE, Quarter
from pipelines.sources import STAGED
from tests.contracts.rows import clean_row, write_file

TABLE = STAGED["staged_poverty_register__person"]
QUARTER = Quarter(2018, 4)
NOW = datetime(2019, 1, 3, tzinfo=ZONE)


def test_published_schema_is_the_declared_one() -> None:
    assert manifests.SCHEMA_FILE.read_text(encoding="utf-8") == manifests.schema_text(), (
        "run: python -c 'from pipelines.deliveries.manifest import write_schema; write_schema()'"
    )


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    return tmp_path / "landing"


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    return write_file(TABLE, [clean_row(TABLE, number) for number in range(5)], False, tmp_path / "sent")


def make(sent: Path, landing: Path, sequence: int = 1, scope: Any = ("360702", "360703")) -> Path:
    return deliver(
        {"person": [sent]}, "poverty_register", QUARTER, scope, date(2018, 12, 31), "赣州", sequence, landing
    )


def test_deliver_makes_a_folder_that_verifies(sent: Path, landing: Path) -> None:
    folder = make(sent, landing)
    assert folder == landing / "poverty_register" / "2018Q4-3607x-001"
    assert sorted(path.name for path in folder.iterdir()) == sorted([MANIFEST, sent.name])
    findings = verify(folder, "poverty_register", NOW)
    assert findings.reasons == []
    assert findings.counties == {"360702", "360703"}
    assert [(file["rows"], file["read_as"], file["table_name"]) for file in findings.files] == [
        (5, "gb18030", TABLE.name)
    ]
    assert make(sent, landing) == folder  # a repeat is the same delivery


def test_deliver_refuses_other_content_under_the_same_name(sent: Path, landing: Path) -> None:
    make(sent, landing)
    sent.write_bytes(sent.read_bytes().replace(b"K00000001", b"K00000099"))
    with pytest.raises(ContractBreach, match="higher sequence"):
        make(sent, landing)


@pytest.mark.parametrize(
    ("scope", "label"),
    [("province", "36"), (["360702"], "360702"), (["360702", "360703"], "3607x"), (["360102", "360702"], "36x")],
)
def test_scope_labels(scope: Any, label: str) -> None:
    assert scope_label(scope, QUARTER) == label


def test_a_whole_city_and_former_codes() -> None:
    city = [code for code in county_codes(QUARTER) if code.startswith("3607")]
    assert scope_label(city, QUARTER) == "3607"
    assert scope_units(["360622", "999999"], QUARTER) == (frozenset({"360603"}), ("999999",))


def test_a_functional_area_is_named_and_speaks_for_rows_of_its_county() -> None:
    units, unknown = scope_units(["湾里管理局", "赣州开发区", "某某新区"], Quarter(2019, 4))
    assert units == {"360112900", "360702400"} and unknown == ("某某新区",)
    assert scope_in(Quarter(2019, 4), units).area_of == {"360112": "360112900", "360702": "360702400"}
    # Where the county itself is in the scope, its rows are the county's.
    assert scope_in(Quarter(2019, 4), units | {"360702"}).area_of == {"360112": "360112900"}
    # 湾里 was a district of its own before December 2019.
    assert scope_units(["湾里管理局"], Quarter(2019, 3)) == (frozenset(), ("湾里管理局",))


def test_codes_of_a_whole_city_are_filed_under_a_county_of_the_scope() -> None:
    city = frozenset(code for code in county_codes(QUARTER) if code.startswith("3611"))
    aliases = scope_in(QUARTER, city | {"360702"}).aliases
    assert {aliases[code] for code in ("361100", "361101", "361199")} == {"361102"}
    assert (aliases["360799"], aliases["360000"]) == ("360702", "360702")
    assert "360199" not in aliases  # of another city: outside the scope
    assert scope_in(QUARTER, frozenset({"361128"})).aliases["361199"] == "361128"


Change = Callable[[Path, dict[str, Any]], None]


def _file(change: dict[str, Any]) -> Change:
    return lambda _, manifest: manifest["files"][0].update(change)


def _root(change: dict[str, Any]) -> Change:
    return lambda _, manifest: manifest.update(change)


def _symlink(folder: Path, manifest: dict[str, Any]) -> None:
    (folder / "link.csv").symlink_to("/etc/passwd")
    manifest["files"][0]["name"] = "link.csv"


def _pipe(folder: Path, manifest: dict[str, Any]) -> None:
    os.mkfifo(folder / "pipe.csv")
    manifest["files"][0]["name"] = "pipe.csv"


def _missing_column(folder: Path, manifest: dict[str, Any]) -> None:
    """All claims hold, but the column 姓名 is not there."""
    file = manifest["files"][0]
    path = folder / file["name"]
    path.write_bytes(path.read_bytes().decode("gb18030").replace("姓名", "备用", 1).encode("gb18030"))
    file["sha256"] = manifests.sha256_of(path)


REFUSALS: dict[str, tuple[Change, str, str]] = {
    "wrong checksum": (_file({"sha256": "0" * 64}), "checksum", "校验"),
    "missing column": (_missing_column, "missing_column", "姓名"),
    "row count": (_file({"rows": 6}), "row_count", "清单写的是 6 行"),
    "path out of the folder": (_file({"name": "../../etc/passwd"}), "file_name", "路径"),
    "absolute path": (_file({"name": "/etc/passwd"}), "file_name", "路径"),
    "windows path": (_file({"name": "..\\..\\passwd"}), "file_name", "路径"),
    "dots": (_file({"name": ".."}), "file_name", "路径"),
    "the manifest itself": (_file({"name": "manifest.json"}), "file_name", "文件名"),
    "link": (_symlink, "file_name", "链接"),
    "pipe": (_pipe, "file_name", "普通文件"),
    "absent file": (_file({"name": "no.csv"}), "file_absent", "不在文件夹"),
    "bytes": (_file({"bytes": 1}), "file_size", "字节"),
    "unknown table": (_file({"table": "wages"}), "unknown_table", "wages"),
    "other system": (_root({"system": "yulu"}), "wrong_folder", "yulu"),
    "unknown system": (_root({"system": "tax"}), "manifest_schema", "system"),
    "unknown county": (_root({"scope": ["360702", "110101"]}), "unknown_county", "110101"),
    "empty scope": (_root({"scope": []}), "manifest_schema", "scope"),
    "future quarter": (_root({"quarter": "2019Q2", "cut_date": "2019-06-30"}), "future_quarter", "2019Q2"),
    "cut date": (_root({"cut_date": "2018-08-30"}), "cut_date", "截止日"),
    "no such day": (_root({"cut_date": "2018-12-32"}), "no_such_day", "2018-12-32"),
    "unknown field": (_root({"note": "hello"}), "manifest_schema", "manifest"),
    "NUL": (_root({"sender": "a\0b"}), "manifest_schema", "sender"),
    "half a character": (_root({"sender": "\ud800"}), "manifest_schema", "manifest"),
}


def changed(sent: Path, landing: Path, change: Change) -> Findings:
    folder = make(sent, landing)
    path = folder / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    change(folder, manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return verify(folder, "poverty_register", NOW)


@pytest.mark.parametrize(
    ("old", "again", "name"),
    [('{"system"', '{"sequence": 7, "system"', "sequence"), ('"rows": 5', '"rows": 6, "rows": 5', "rows")],
)
def test_a_field_given_twice_is_refused_by_its_name(old: str, again: str, name: str, sent: Path, landing: Path) -> None:
    """Which of the two counts is nobody's guess."""
    folder = make(sent, landing)
    told = json.dumps(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    (folder / MANIFEST).write_text(told.replace(old, again), encoding="utf-8")
    (reason,) = verify(folder, "poverty_register", NOW).reasons
    assert (reason.code, f"“{name}”写了两次" in reason.text) == ("manifest_schema", True)


@pytest.mark.parametrize("case", REFUSALS)
def test_each_false_claim_is_refused_with_its_reason(case: str, sent: Path, landing: Path) -> None:
    change, code, word = REFUSALS[case]
    findings = changed(sent, landing, change)
    reason = next(reason for reason in findings.reasons if reason.code == code)
    assert word in reason.text
    assert all((reason.mend, reason.text_en, reason.mend_en))


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "null", '{"files": []}', "[" * 100_000, '{"a": NaN}', '"\\ud800"', "\0"]
)
def test_a_broken_manifest_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        parse(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ["system", "quarter", "scope", "cut_date", "sender", "sequence", "files"]


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), json_values))
def test_whatever_json_a_manifest_is_it_is_read_or_refused(content: dict[str, Any]) -> None:
    sound: dict[str, Any] = {
        "system": "yulu", "quarter": "2018Q4", "scope": "province", "cut_date": "2018-12-31", "sender": "a", "sequence": 1,
        "files": [{"name": "a", "table": "payment", "rows": 1, "bytes": 1, "sha256": "0" * 64, "encoding": "utf-8"}],
    }  # fmt: skip
    try:
        parse(json.dumps(sound | content))
    except Refused as refused:
        assert refused.reasons
