-- table:    check_c27
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): a candidate whose fee was treated otherwise than the register says, and the application by which
-- reads:    core_person_quarter, core_source_scope, core_person_row, staged_exam__candidate
-- quarters: this
-- rule:     考试费减免: not_waived: a candidate of the civil-service examination (or of one that is not named) who is in the register and paid; waived_not_registered: a waived candidate with a usable ID number, neither in the register nor on 低保 or 特困, in a county whose register has spoken; the subject of a candidate who is nobody of the universe is the application
WITH candidates AS (
    SELECT e.delivery_id, e.file_name, e.line_number, e.application_number, e.county_code, e.id_key, e.is_waived,
        CAST(coalesce(e.fee_amount, 0) AS DECIMAL(18, 2)) AS fee_amount, CAST(e.waived_amount AS DECIMAL(18, 2)) AS waived_amount, r.person_key
    FROM staged_exam__candidate AS e
    LEFT JOIN core_person_row AS r
        ON r.system = 'exam' AND r.entity = 'candidate'
        AND r.delivery_id = e.delivery_id AND r.file_name = e.file_name AND r.line_number = e.line_number
    WHERE coalesce(e.exam_kind_code, '1') = '1'
)

SELECT
    c.person_key AS subject_code, c.person_key, q.county_code, 'not_waived' AS finding_code,
    'exam' AS system, 'candidate' AS entity, c.delivery_id, c.file_name, c.line_number,
    CAST(NULL AS BIGINT) AS n_months, c.fee_amount AS finding_amount
FROM candidates AS c
JOIN core_person_quarter AS q ON q.person_key = c.person_key
WHERE q.is_registered AND NOT c.is_waived
UNION ALL
SELECT
    coalesce(c.person_key, c.application_number), c.person_key, coalesce(q.county_code, c.county_code), 'waived_not_registered' AS finding_code,
    'exam', 'candidate', c.delivery_id, c.file_name, c.line_number, NULL, c.waived_amount
FROM candidates AS c
LEFT JOIN core_person_quarter AS q ON q.person_key = c.person_key
JOIN core_source_scope AS s ON s.system = 'poverty_register' AND s.county_code = coalesce(q.county_code, c.county_code) AND s.has_data
WHERE c.is_waived AND c.id_key IS NOT NULL
    AND NOT coalesce(q.is_registered OR q.is_minimum_allowance OR q.is_destitute, FALSE)
