"""Rules of premium payments of the resident pension. Source: domain.md §2.2."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, name_missing, negative, numbers_differ, out_of_order
from pipelines.quality.rules import Rule
from pipelines.sources.social_insurance import PAYMENT

RULES = (
    *contract_rules(PAYMENT),
    negative(PAYMENT, "paid_amount"),
    name_missing(PAYMENT),
    after_cut_date(PAYMENT, "booked_date"),
    Rule(
        "premium_year_range",
        "premium_year NOT BETWEEN 1992 AND year(delivery_cut_date) + 1",
        "warning",
        "premiums exist from 1992 on and are paid at most one year ahead; the year decides which premium is covered",
        "“AAE003”(费款所属年度)不合理,应为四位年份且不晚于下一年,请核对",
        "'AAE003' (premium year) must be a year from 1992 to next year",
    ),
    Rule(
        "government_pays_other_scheme",
        "payment_item_code = '11' AND scheme_code <> '170'",
        "warning",
        "government pays premiums of the resident pension only; such a row would count as a premium that was due",
        "“AAE341”为政府代缴,但“AAE140”不是城乡居民养老保险,请核对",
        "'AAE341' says paid by government, but 'AAE140' is not the resident pension",
    ),
    out_of_order(PAYMENT, "start_month", "end_month"),
    numbers_differ(PAYMENT),
)
TABLE_RULES = contract_table_rules(PAYMENT, RULES)
