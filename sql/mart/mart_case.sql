-- table:    mart_case
-- grain:    one row per (quarter, case_code)
-- reads:    core_case
-- quarters: this
-- rule:     every case that is open, or was until this quarter; whoever reads it is asked to verify, the person stays counted as they are
SELECT
    $quarter AS quarter, case_code, check_code, finding_code, subject_code, person_key, county_code, town_code, village_code,
    household_number, case_state_code, first_quarter, last_quarter, n_quarters, n_evidence, n_months, finding_amount
FROM core_case
WHERE case_state_code <> 'closed'
