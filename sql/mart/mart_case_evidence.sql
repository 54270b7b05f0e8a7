-- table:    mart_case_evidence
-- grain:    one row per (quarter, case_code, system, entity, delivery_id, file_name, line_number)
-- reads:    core_check_row
-- quarters: this
-- rule:     the delivered rows on which each case of this quarter rests
SELECT
    $quarter AS quarter, check_code || '-' || finding_code || '-' || subject_code AS case_code,
    county_code, system, entity, delivery_id, file_name, line_number, n_months, finding_amount
FROM core_check_row
