-- table:    core_check_row
-- grain:    one row per (check_code, subject_code, finding_code, system, entity, delivery_id, file_name, line_number): what the checks found, row by row of evidence
-- reads:    check_c01
-- quarters: this
-- rule:     every check's list under its code; a case may rest on several rows
WITH pension AS (
    SELECT 'C01' AS check_code, * FROM check_c01
)

SELECT check_code, subject_code, person_key, county_code, finding_code, system, entity, delivery_id, file_name, line_number, n_months, finding_amount
FROM pension
