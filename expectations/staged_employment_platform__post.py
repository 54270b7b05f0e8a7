"""Rules of public-welfare and dedicated posts. Source: domain.md §1.1 E18, E19, §5.4 C22."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.platform import unqualified_public_post
from expectations.values import after_cut_date, negative, out_of_order
from pipelines.quality.rules import Rule
from pipelines.sources.employment_platform import POST

RULES = (
    *contract_rules(POST),
    negative(POST, "monthly_amount"),
    after_cut_date(POST, "created_date"),
    after_cut_date(POST, "started_date"),
    out_of_order(POST, "started_date", "term_end_date"),
    out_of_order(POST, "created_date", "vacated_date"),
    unqualified_public_post(POST),
    Rule(
        "holder_missing",
        "post_state_code = '1' AND name IS NULL AND id_number IS NULL",
        "warning",
        "a filled post without a holder places nobody",
        "“岗位状态”为在岗,但没有填写上岗人员,请补填",
        "'岗位状态' says filled, no holder is given; fill in who holds the post",
    ),
    Rule(
        "vacant_with_holder",
        "post_state_code = '2' AND (name IS NOT NULL OR id_number IS NOT NULL)",
        "warning",
        "a vacant post with a holder would count both as placed and as to be filled",
        "“岗位状态”为空缺,却填写了上岗人员,请核对",
        "'岗位状态' says vacant, yet a holder is given; check both",
    ),
)
TABLE_RULES = contract_table_rules(POST, RULES)
