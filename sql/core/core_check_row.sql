-- table:    core_check_row
-- grain:    one row per (check_code, subject_code, finding_code, system, entity, delivery_id, file_name, line_number): what the checks found, row by row of evidence
-- reads:    check_c01, check_c02, check_c03, check_c04, check_c05, check_c06, check_c07, check_c08, check_c09, check_c10, check_c11, check_c12, check_c13, check_c14, check_c15, check_c16, check_c17, check_c18, check_c19, check_c20, check_c21, check_c22, check_c23, check_c24, check_c26, check_c27, check_c28, check_c29, check_c30, check_c31, check_c32, check_c33, check_c34, check_c35, check_c36, check_c37
-- quarters: this
-- rule:     every check's list under its code; a case may rest on several rows
WITH found AS (
    SELECT 'C01' AS check_code, * FROM check_c01
    UNION ALL
    SELECT 'C02', * FROM check_c02
    UNION ALL
    SELECT 'C03', * FROM check_c03
    UNION ALL
    SELECT 'C04', * FROM check_c04
    UNION ALL
    SELECT 'C05', * FROM check_c05
    UNION ALL
    SELECT 'C06', * FROM check_c06
    UNION ALL
    SELECT 'C07', * FROM check_c07
    UNION ALL
    SELECT 'C08', * FROM check_c08
    UNION ALL
    SELECT 'C09', * FROM check_c09
    UNION ALL
    SELECT 'C10', * FROM check_c10
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
    SELECT 'C16', * FROM check_c16
    UNION ALL
    SELECT 'C17', * FROM check_c17
    UNION ALL
    SELECT 'C18', * FROM check_c18
    UNION ALL
    SELECT 'C19', * FROM check_c19
    UNION ALL
    SELECT 'C20', * FROM check_c20
    UNION ALL
    SELECT 'C21', * FROM check_c21
    UNION ALL
    SELECT 'C22', * FROM check_c22
    UNION ALL
    SELECT 'C23', * FROM check_c23
    UNION ALL
    SELECT 'C24', * FROM check_c24
    UNION ALL
    SELECT 'C26', * FROM check_c26
    UNION ALL
    SELECT 'C27', * FROM check_c27
    UNION ALL
    SELECT 'C28', * FROM check_c28
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
    UNION ALL
    SELECT 'C35', * FROM check_c35
    UNION ALL
    SELECT 'C36', * FROM check_c36
    UNION ALL
    SELECT 'C37', * FROM check_c37
)

-- What a 功能区 sent by itself is a case of the county it lies in.
SELECT check_code, subject_code, person_key, left(county_code, 6) AS county_code, finding_code, system, entity, delivery_id, file_name, line_number, n_months, finding_amount
FROM found
