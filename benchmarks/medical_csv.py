"""A CSV of medical participation, any number of rows, as one province sends it: made by DuckDB, in seconds."""

from __future__ import annotations

from pathlib import Path

from pipelines.identity.id_numbers import check_sql
from pipelines.periods import Quarter
from pipelines.regions import divisions
from pipelines.sample.names import stock

HEADERS = "psn_no,certno,psn_name,insutype,psn_insu_stas,psn_insu_date,poor_flag,insuplc_admdvs"
_BLOCK = 1 << 22


def write_medical_csv(path: Path, rows: int, quarter: Quarter, encoding: str = "utf-8-sig") -> None:
    """Write participation in basic medical insurance, county by county, with the defects of the sample at its rates.

    ID numbers are valid but for 0.4 % (a digit, transposed, cut, damaged by a spreadsheet, missing, repeated), 0.4 % have 15
    digits, others blanks, full-width digits or a small x; names are padded; one in ten thousand rows each has no key, an
    unknown code, an impossible date, a county of another province.
    """
    import duckdb

    counties = [division.region_code for division in divisions(quarter.last_day, "county")]
    names = stock()
    surnames = [
        name
        for name, weight in zip(names.surnames, names.weights, strict=True)
        for _ in range(max(1, round(weight * 1000)))
    ]
    given = [names.given[place] for pool in ("male", "female", "young") for place in names.pools[pool]]
    body = path.with_suffix(".body")
    with duckdb.connect(config={"threads": 2, "memory_limit": "3GiB"}) as connection:
        for name, words in (("counties", counties), ("surnames", surnames), ("given", given)):
            connection.execute(f"SET VARIABLE {name} = {words!r}")
        select = _SELECT.format(
            rows=rows, n_counties=len(counties), n_surnames=len(surnames), n_given=len(given), check=check_sql("v")
        )
        connection.execute(
            f"COPY ({select}) TO '{body}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER ',')"
        )
    with body.open(encoding="utf-8", newline="") as source, path.open("w", encoding=encoding, newline="") as target:
        target.write(HEADERS + "\n")
        while block := source.read(_BLOCK):
            target.write(block)
    body.unlink()


_SELECT = """
WITH person AS (
  SELECT i, hash(i) AS h, hash(i + 1000000007) AS g, hash(i * 3 + 17) AS k, (i * {n_counties}) // {rows} AS place
  FROM range({rows}) AS numbers(i)
),
born AS (
  SELECT *, getvariable('counties')[1 + CASE WHEN g % 5 = 0 THEN CAST((g >> 8) % {n_counties} AS BIGINT) ELSE place END] AS home,
    DATE '1930-01-01' + CAST((k >> 20) % 32000 AS INTEGER) AS birth
  FROM person
),
numbered AS (
  SELECT *, CAST(home || strftime(birth, '%Y%m%d') || lpad(CAST(k % 999 + 1 AS VARCHAR), 3, '0') AS BIGINT) AS v FROM born
),
drawn AS (
  SELECT *, CAST(v AS VARCHAR) || {check} AS id, (g >> 20) % 10000 AS d, (g >> 36) % 10000 AS e, (k >> 40) % 10000 AS f,
    getvariable('surnames')[1 + CAST(h % {n_surnames} AS INTEGER)] AS surname,
    getvariable('given')[1 + CAST((h >> 12) % {n_given} AS INTEGER)] AS first,
    CASE WHEN (h >> 40) % 4 > 0 THEN getvariable('given')[1 + CAST((h >> 24) % {n_given} AS INTEGER)] ELSE '' END AS second
  FROM numbered
)
SELECT CASE WHEN f = 9999 THEN '' ELSE '36' || lpad(CAST(1000000000 + i AS VARCHAR), 18, '0') END,
  CASE WHEN d < 14 THEN left(id, 16) || CAST((CAST(id[17] AS INTEGER) + 3) % 10 AS VARCHAR) || right(id, 1)
    WHEN d < 22 THEN left(id, 10) || id[12] || id[11] || id[13:]
    WHEN d < 27 THEN left(id, 17)
    WHEN d < 32 THEN left(id, 1) || '.' || left(id[2:], 5) || 'E+17'
    WHEN d < 38 THEN left(id, 15) || '000'
    WHEN d < 46 THEN ''
    WHEN d < 48 THEN '111111111111111111'
    WHEN d < 88 THEN left(id, 6) || id[9:17]
    WHEN d < 96 THEN translate(id, '0123456789X', '０１２３４５６７８９Ｘ')
    WHEN d < 111 THEN id || ' '
    WHEN ends_with(id, 'X') AND d % 5 = 0 THEN lower(id) ELSE id END,
  CASE WHEN e < 60 AND second = '' THEN surname || '　' || first WHEN e < 70 THEN surname || first || second || '  '
    WHEN e = 9999 THEN '' ELSE surname || first || second END,
  CASE WHEN f = 0 THEN '320' WHEN (h >> 50) % 5 = 0 THEN '310' ELSE '390' END,
  CASE (h >> 53) % 60 WHEN 0 THEN '2' WHEN 1 THEN '4' ELSE '1' END,
  CASE WHEN f = 1 THEN '2012-00-10' ELSE CAST(DATE '2003-01-01' + CAST((k >> 8) % 5800 AS INTEGER) AS VARCHAR) END,
  CASE WHEN (g >> 50) % 16 = 0 THEN '1' ELSE '0' END,
  CASE WHEN f = 2 THEN '110101' ELSE getvariable('counties')[1 + place] END
FROM drawn
"""
