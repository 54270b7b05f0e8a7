-- table:    check_c21
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody of the register not insured, insured twice or without the flag of poverty in medical insurance, and the rows by which
-- reads:    core_person_quarter, core_person_measure, core_person_row, core_medical_participation, staged_medical_insurance__identity
-- quarters: this
-- rule:     医保: not insured who is in the denominator of M13A (all but the dead, 现役, 服刑, 出国定居) and not in its numerator; insured twice under two personal numbers or schemes; without the flag where no row of the person bears it, neither the insured nor the list of identities, and the file knows the flag
WITH people AS (
    SELECT person_key, county_code FROM core_person_quarter WHERE is_registered AND NOT is_dead
),

insured AS (
    SELECT p.person_key, p.county_code, r.system, r.entity, r.delivery_id, r.file_name, r.line_number,
        m.record_number, m.scheme_code, m.has_poor_mark
    FROM core_medical_participation AS m
    JOIN core_person_row AS r
        ON r.system = 'medical_insurance' AND r.entity = 'participation'
        AND r.delivery_id = m.delivery_id AND r.file_name = m.file_name AND r.line_number = m.line_number
    JOIN people AS p ON p.person_key = r.person_key
    WHERE m.state_code = '1'
),

identified AS (
    SELECT DISTINCT r.person_key
    FROM staged_medical_insurance__identity AS i
    JOIN core_person_row AS r
        ON r.system = 'medical_insurance' AND r.entity = 'identity'
        AND r.delivery_id = i.delivery_id AND r.file_name = i.file_name AND r.line_number = i.line_number
    WHERE i.identity_code = '3' AND coalesce(i.identity_until, $last_day) >= $last_day
),

twice AS (
    SELECT person_key FROM insured GROUP BY person_key HAVING count(DISTINCT record_number || '-' || scheme_code) > 1
),

unmarked AS (
    SELECT s.person_key
    FROM insured AS s
    LEFT JOIN identified AS i ON i.person_key = s.person_key
    WHERE i.person_key IS NULL
    GROUP BY s.person_key
    HAVING NOT bool_or(s.has_poor_mark)
),

evidence AS (
    SELECT p.person_key, p.county_code, 'not_insured' AS finding_code, r.system, r.entity, r.delivery_id, r.file_name, r.line_number
    FROM core_person_measure AS m
    JOIN people AS p ON p.person_key = m.person_key
    JOIN core_person_row AS r ON r.person_key = p.person_key AND r.system = 'poverty_register'
    WHERE m.measure_code = 'M13A' AND m.state_code = 'uncovered'
    UNION ALL
    SELECT s.person_key, s.county_code, 'insured_twice' AS finding_code, s.system, s.entity, s.delivery_id, s.file_name, s.line_number
    FROM insured AS s
    JOIN twice AS t ON t.person_key = s.person_key
    UNION ALL
    SELECT s.person_key, s.county_code, 'no_poor_mark' AS finding_code, s.system, s.entity, s.delivery_id, s.file_name, s.line_number
    FROM insured AS s
    JOIN unmarked AS u ON u.person_key = s.person_key
)

SELECT
    person_key AS subject_code, person_key, county_code, finding_code,
    system, entity, delivery_id, file_name, line_number,
    CAST(NULL AS BIGINT) AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
FROM evidence
