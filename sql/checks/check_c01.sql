-- table:    check_c01
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody who should be insured and is not, and the rows by which
-- reads:    core_person_measure, core_person_quarter, core_person_row
-- quarters: this
-- rule:     应保未保: in the denominator of M03 and not in its numerator; the evidence is the person's own rows in the register
SELECT
    m.person_key AS subject_code, m.person_key, q.county_code, 'not_insured' AS finding_code,
    r.system, r.entity, r.delivery_id, r.file_name, r.line_number,
    CAST(NULL AS BIGINT) AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
FROM core_person_measure AS m
JOIN core_person_quarter AS q ON q.person_key = m.person_key
JOIN core_person_row AS r ON r.person_key = m.person_key AND r.system = 'poverty_register'
WHERE m.measure_code = 'M03' AND m.state_code = 'uncovered'
