"""Rules of students' electronic registration. Source: domain.md §1.6 O9, §5.4 C28."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, missing, name_missing, out_of_order
from pipelines.quality.rules import TableRule
from pipelines.sources.technical_registration import REGISTRATION

RULES = (
    *contract_rules(REGISTRATION),
    name_missing(REGISTRATION),
    missing(REGISTRATION, "registration_state_code", "without a state the row does not show whether it counts"),
    missing(
        REGISTRATION, "school_code", "without its school a registration cannot be held against the school's figures"
    ),
    missing(REGISTRATION, "level_code", "the school's figures are by level"),
    missing(REGISTRATION, "study_form_code", "the school's figures are by study form"),
    after_cut_date(REGISTRATION, "registered_date"),
    out_of_order(REGISTRATION, "enrolled_date", "registered_date"),
)
TABLE_RULES = (
    *contract_table_rules(REGISTRATION, RULES),
    TableRule(
        "registered_twice",
        "SELECT 1 FROM {table} WHERE id_key IS NOT NULL AND registration_state_code = '1'"
        " GROUP BY id_key HAVING count(DISTINCT school_code) > 1",
        "warning",
        "a student registered at two schools is in the figures of both and draws aid at one of them (domain.md C28)",
        "同一证件号码在两所以上院校注册,请核对并注销其中一处",
        "one ID number is registered at several schools; cancel one of the registrations",
    ),
)
