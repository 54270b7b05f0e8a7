"""Rules of holders of disability certificates. Source: domain.md §2.8, §3.1."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, missing, name_missing, out_of_order, sex_differs
from pipelines.quality.rules import Rule
from pipelines.sources.disabled_federation import HOLDER

# Cells are looked at as sent: a certificate in full-width digits is told by the first rule.
_SHAPE = "regexp_full_match(upper(certificate_number), '[0-9]{17}[0-9X][1-7][1-4](B[0-9]{1,2})?')"

RULES = (
    # The certificate holds the ID number: a row without a number of its own lacks nothing.
    *(rule for rule in contract_rules(HOLDER) if rule.rule_id != "id_number_missing"),
    name_missing(HOLDER),
    missing(
        HOLDER, "grade_code", "grade 1 and 2 are severe; without a grade nobody can say whether the premium is paid"
    ),
    sex_differs(HOLDER),
    after_cut_date(HOLDER, "issued_date"),
    out_of_order(HOLDER, "issued_date", "valid_until_date"),
    Rule(
        "certificate_shape",
        f"certificate_number IS NOT NULL AND NOT {_SHAPE} AND NOT regexp_full_match(certificate_number, '[0-9.]+[Ee].*')",
        "warning",
        "a certificate's number is the ID number with a digit for category and one for grade; others prove nothing",
        "“残疾人证号”应为身份证号加类别、等级各一位,共20位(补换证后加B1、B2…),请核对",
        "'残疾人证号' must be the ID number, category and grade: 20 characters, B1, B2 … behind on a re-issue",
    ),
    Rule(
        "category_differs_from_certificate",
        f"{_SHAPE} AND category_code <> substr(certificate_number, 19, 1)",
        "warning",
        "one of the two categories is of an earlier assessment",
        "“残疾类别”与残疾人证号第19位不一致,请核对",
        "'残疾类别' differs from the 19th digit of the certificate number",
    ),
    Rule(
        "grade_differs_from_certificate",
        f"{_SHAPE} AND grade_code <> substr(certificate_number, 20, 1)",
        "warning",
        "the grade decides who is severely disabled; one of the two is of an earlier assessment",
        "“残疾等级”与残疾人证号第20位不一致,请核对",
        "'残疾等级' differs from the 20th digit of the certificate number",
    ),
    Rule(
        "id_differs_from_certificate",
        f"{_SHAPE} AND id_key <> left(upper(certificate_number), 18)",
        "warning",
        "certificate and ID number of two people stand in one row",
        "“身份证号码”与残疾人证号前18位不一致,请核对",
        "'身份证号码' differs from the first 18 characters of the certificate number",
    ),
)
TABLE_RULES = contract_table_rules(HOLDER, RULES)
