"""Rules of the poverty register's person export. Source: domain.md §2.1, §3.1, §3.4."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import name_missing, negative
from pipelines.quality.rules import Rule
from pipelines.sources.poverty_register import PERSON

RULES = (
    *contract_rules(PERSON),
    negative(PERSON, "income_amount"),
    name_missing(PERSON),
    Rule(
        "village_code_short",
        "regexp_full_match(village_code, '[0-9]{6}([0-9]{3})?')",
        "warning",
        "the person counts for county or town but stands on no village's list",
        "“行政村代码”不足12位,请填到行政村",
        "'行政村代码' has fewer than 12 digits; give the village",
    ),
    Rule(
        "work_months_range",
        "work_months NOT BETWEEN 0 AND 12",
        "warning",
        "a year has twelve months; the value is not used as evidence of work",
        "“务工时间(月)”应在0到12之间,请核对",
        "'务工时间(月)' must lie between 0 and 12",
    ),
    Rule(
        "sex_differs_from_id",
        "id_key IS NOT NULL AND sex_code <> CASE WHEN CAST(substr(id_key, 17, 1) AS INTEGER) % 2 = 1 THEN '1' ELSE '2' END",
        "warning",
        "sex and ID number of different people stand in one row, or one of them is wrong",
        "“性别”与证件号码第17位不一致,请对照证件核对",
        "'性别' differs from the 17th digit of the ID number; compare both with the document",
    ),
)
TABLE_RULES = contract_table_rules(PERSON, RULES)
