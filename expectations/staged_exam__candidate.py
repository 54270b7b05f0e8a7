"""Rules of candidates of personnel examinations. Source: domain.md §1.4 (H8, H9), §5.4 (C27)."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, missing, name_missing, negative, out_of_range, sex_differs
from pipelines.quality.rules import Rule
from pipelines.sources.exam import CANDIDATE

RULES = (
    *contract_rules(CANDIDATE),
    negative(CANDIDATE, "fee_amount"),
    negative(CANDIDATE, "waived_amount"),
    name_missing(CANDIDATE),
    sex_differs(CANDIDATE),
    out_of_range(CANDIDATE, "exam_year", 2000, 2100, "the year decides which list of the poor the candidate is held against"),
    after_cut_date(CANDIDATE, "applied_date"),
    missing(CANDIDATE, "is_waived", "without it nobody can tell whether a poor candidate got what the plan grants (H9)"),
    Rule(
        "waived_above_fee",
        "fee_amount >= 0 AND waived_amount > fee_amount",
        "warning",
        "more cannot be waived than was due; the columns may be exchanged",
        "“减免金额”大于“应缴金额”,请核对两列是否填反",
        "'减免金额' is more than '应缴金额'",
    ),
    Rule(
        "waived_amount_without_waiver",
        "waived_amount > 0 AND NOT is_waived",
        "warning",
        "the candidate is counted as not waived although money was",
        "“是否减免”为否,但填写了减免金额,请核对",
        "an amount was waived, but '是否减免' says no",
    ),
    Rule(
        "waived_without_review",
        "is_waived AND review_code IN ('0', '2')",
        "warning",
        "a waiver that was refused or never reviewed is what the discipline office looks for (O12)",
        "“是否减免”为是,但“减免审核”未通过,请核对",
        "the fee is waived although the review did not pass",
    ),
)  # fmt: skip
TABLE_RULES = contract_table_rules(CANDIDATE, RULES)
