"""What the readers find beside the cells reaches the staged rows: units, families of codes, what names say."""

from __future__ import annotations

import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

from pipelines.deliveries import staging
from pipelines.deliveries.readers import read
from pipelines.deliveries.scope import scope_in
from pipelines.engines.text_files import TextFileEngine
from pipelines.periods import Quarter
from tests.unit.delivered import TABLE

DAY = date(2018, 12, 31)


def test_units_layouts_and_names_of_each_part_count_for_its_rows(tmp_path: Path) -> None:
    parts = {
        "a.csv": "编号,姓名,县代码,保障金额(万元),救助类别\n1,张三,360702,1.25,01\n2,李四,360702,1万元,02\n",
        "b.csv": "AAC001,姓名,县代码,保障金额,AXC001\n3,王五,360702,1.25,1\n4,赵六,360702,,01\n",
        "章贡区农村特困.csv": "编号,姓名\n5,钱七\n",
    }
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    files = read(tmp_path / "x.zip", TABLE, "", tmp_path / "numbered", DAY)
    assert [file.layout for file in files] == ["", "old", ""]
    quarter = Quarter.of(DAY)
    scope = scope_in(quarter, frozenset({"360702"}))
    with TextFileEngine(1, "1GiB", tmp_path) as engine:
        select = staging.typed_select(TABLE, files, "d", scope, DAY, ())
        rows = engine.query(f"SELECT number, county_code, amount, aid, unread.amount, unread.aid FROM ({select})")
    assert rows == [
        ("1", "360702", Decimal("12500.00"), "01", None, None),
        ("2", "360702", None, "02", "1万元万元", None),
        ("3", "360702", Decimal("1.25"), "1", None, None),
        ("4", "360702", None, None, None, "01"),
        ("5", "360702", None, "03", None, None),
    ]
