"""Rules of the poverty register's households. Source: domain.md §2.1, §3.4."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.register import data_year_differs, size_range, village_code_short
from expectations.values import after_cut_date, name_missing, negative
from pipelines.quality.rules import Rule
from pipelines.sources.poverty_register import HOUSEHOLD

RULES = (
    *contract_rules(HOUSEHOLD),
    negative(HOUSEHOLD, "wage_income_amount"),
    negative(HOUSEHOLD, "property_income_amount"),
    negative(HOUSEHOLD, "transfer_income_amount"),
    negative(HOUSEHOLD, "income_amount"),
    name_missing(HOUSEHOLD, "head_name"),
    village_code_short(HOUSEHOLD),
    size_range(HOUSEHOLD),
    data_year_differs(HOUSEHOLD),
    after_cut_date(HOUSEHOLD, "identified_date"),
    Rule(
        "status_cancelled",
        "poverty_status_code = 'CANCELLED'",
        "critical",
        "a household that was struck off the register would count among the registered",
        "“脱贫属性”为注销:已注销的户不在册,请从导出结果中去掉",
        "'脱贫属性' says cancelled: the household is no longer registered; leave the row out of the export",
    ),
    Rule(
        "many_other_causes",
        r"len(regexp_extract_all(other_causes, '[^、,;/|\s\x{ff0c}\x{ff1b}]+')) > 2",
        "warning",
        "the form allows one main cause and two others; more of them count in no breakdown",
        "“其他致贫原因”超过两个,请保留两个",
        "'其他致贫原因' names more than two causes; keep two",
    ),
)
TABLE_RULES = contract_table_rules(HOUSEHOLD, RULES)
