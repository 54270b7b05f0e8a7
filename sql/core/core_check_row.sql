-- table:    core_check_row
-- grain:    one row per (check_code, subject_code, finding_code, system, entity, delivery_id, file_name, line_number): what the checks found, row by row of evidence
-- reads:    check_c01, check_c10, check_c11, check_c12, check_c13, check_c14, check_c15, check_c22, check_c23, check_c29, check_c30, check_c31, check_c32, check_c33, check_c34
-- quarters: this
-- rule:     every check's list under its code; a case may rest on several rows
WITH pension AS (
    SELECT 'C01' AS check_code, * FROM check_c01
),

employment AS (
    SELECT 'C10' AS check_code, * FROM check_c10
    UNION ALL
    SELECT 'C11', * FROM check_c11
    UNION ALL
    SELECT 'C12', * FROM check_c12
    UNION ALL
    SELECT 'C13', * FROM check_c13
    UNION ALL
    SELECT 'C14', * FROM check_c14
    UNION ALL
    SELECT 'C15', * FROM check_c15
    UNION ALL
    SELECT 'C22', * FROM check_c22
    UNION ALL
    SELECT 'C23', * FROM check_c23
    UNION ALL
    SELECT 'C29', * FROM check_c29
    UNION ALL
    SELECT 'C30', * FROM check_c30
    UNION ALL
    SELECT 'C31', * FROM check_c31
    UNION ALL
    SELECT 'C32', * FROM check_c32
    UNION ALL
    SELECT 'C33', * FROM check_c33
    UNION ALL
    SELECT 'C34', * FROM check_c34
)

SELECT check_code, subject_code, person_key, county_code, finding_code, system, entity, delivery_id, file_name, line_number, n_months, finding_amount
FROM pension
UNION ALL
SELECT check_code, subject_code, person_key, county_code, finding_code, system, entity, delivery_id, file_name, line_number, n_months, finding_amount
FROM employment
