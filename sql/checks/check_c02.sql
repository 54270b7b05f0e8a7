-- table:    check_c02
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody of age who draws no pension, and the rows by which
-- reads:    core_person_measure, core_person_quarter, core_parameter, core_person_row, core_pension_participation, staged_social_insurance__benefit
-- quarters: this
-- rule:     到龄未领: in the denominator of M06 and not in its numerator, past the months of grace, in no employee scheme, no pension paid by the list of benefits; in the resident pension, or in no pension file at all (whose account has ended is C01's); the evidence is the register's rows and those of pension schemes
WITH due AS (
    SELECT q.person_key, q.county_code, q.has_resident_pension
    FROM core_person_measure AS m
    JOIN core_person_quarter AS q ON q.person_key = m.person_key
    LEFT JOIN core_parameter AS k ON k.region_code = q.county_code
    JOIN core_parameter AS p ON p.region_code = coalesce(k.region_code, '36')
    WHERE m.measure_code = 'M06' AND m.state_code = 'uncovered' AND NOT q.has_other_pension
        AND months_between(q.birth_date, $last_day) > 12 * p.pension_benefit_age + p.benefit_grace_months
),

drawing AS (
    SELECT DISTINCT r.person_key
    FROM staged_social_insurance__benefit AS b
    JOIN core_person_row AS r
        ON r.system = 'social_insurance' AND r.entity = 'benefit'
        AND r.delivery_id = b.delivery_id AND r.file_name = b.file_name AND r.line_number = b.line_number
    WHERE b.scheme_code IN ('110', '120', '170')
        AND (b.pay_mark_code = '40' OR (b.pay_mark_code IS NULL AND b.benefit_state_code = '1'))
),

accounts AS (
    SELECT r.person_key, r.system, r.entity, r.delivery_id, r.file_name, r.line_number
    FROM due AS d
    JOIN core_person_row AS r ON r.person_key = d.person_key AND r.system = 'social_insurance' AND r.entity = 'participation'
    JOIN core_pension_participation AS p
        ON p.delivery_id = r.delivery_id AND p.file_name = r.file_name AND p.line_number = r.line_number
    WHERE coalesce(p.participation_state_code, '1') <> '0'
),

found AS (
    SELECT d.person_key, d.county_code, CASE WHEN d.has_resident_pension THEN 'insured_not_drawing' ELSE 'never_insured' END AS finding_code
    FROM due AS d
    LEFT JOIN drawing AS b ON b.person_key = d.person_key
    LEFT JOIN (SELECT DISTINCT person_key FROM accounts) AS a ON a.person_key = d.person_key
    WHERE b.person_key IS NULL AND (d.has_resident_pension OR a.person_key IS NULL)
),

evidence AS (
    SELECT person_key, system, entity, delivery_id, file_name, line_number FROM core_person_row WHERE system = 'poverty_register'
    UNION ALL
    SELECT person_key, system, entity, delivery_id, file_name, line_number FROM accounts
)

SELECT
    f.person_key AS subject_code, f.person_key, f.county_code, f.finding_code,
    e.system, e.entity, e.delivery_id, e.file_name, e.line_number,
    CAST(NULL AS BIGINT) AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
FROM found AS f
JOIN evidence AS e ON e.person_key = f.person_key
