-- table:    check_c30
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): a poor worker employed by a unit and in no employees' insurance of a kind, and the platform's rows
-- reads:    core_person_measure, core_person_quarter, core_job, core_person_row, core_unit_contribution, staged_social_insurance__participation, core_source_scope
-- quarters: this
-- rule:     就业后未参保: in the numerator of M19, with a unit's job inside the province (who is insured elsewhere is not in our files), held longer than the law gives a unit to register (a parameter); by kind of insurance, and only where the delivery in force for the county of hukou speaks of that kind
WITH jobs AS (
    SELECT j.person_key, j.entity, j.delivery_id, j.file_name, j.line_number
    FROM core_job AS j
    JOIN core_person_measure AS m ON m.person_key = j.person_key AND m.measure_code = 'M19' AND m.state_code = 'covered'
    WHERE j.is_active AND j.employment_form_code = '02' AND starts_with(j.workplace_code, '36')
        AND (j.since_date IS NULL OR j.since_date <= days_after($last_day, -$insurance_registration_days))
),

insured AS (
    SELECT r.person_key, i.scheme_code
    FROM staged_social_insurance__participation AS i
    JOIN core_person_row AS r
        ON r.system = 'social_insurance' AND r.entity = 'participation'
        AND r.delivery_id = i.delivery_id AND r.file_name = i.file_name AND r.line_number = i.line_number
    WHERE i.scheme_code IN ('110', '120', '210', '410') AND i.participation_state_code = '1'
    UNION ALL
    SELECT person_key, scheme_code FROM core_unit_contribution
),

told AS (
    SELECT DISTINCT s.county_code, i.scheme_code
    FROM (SELECT DISTINCT delivery_id, scheme_code FROM staged_social_insurance__participation) AS i
    JOIN core_source_scope AS s ON s.system = 'social_insurance' AND s.has_data AND s.delivery_id = i.delivery_id
),

kinds AS (
    SELECT 'no_pension' AS finding_code, '110' AS scheme_code
    UNION ALL
    SELECT 'no_unemployment' AS finding_code, '210'
    UNION ALL
    SELECT 'no_injury' AS finding_code, '410'
),

found AS (
    SELECT DISTINCT j.person_key, q.county_code, k.finding_code
    FROM jobs AS j
    JOIN core_person_quarter AS q ON q.person_key = j.person_key
    JOIN told AS t ON t.county_code = q.county_code
    JOIN kinds AS k ON k.scheme_code = t.scheme_code
    LEFT JOIN insured AS i
        ON i.person_key = j.person_key AND (i.scheme_code = k.scheme_code OR (k.scheme_code = '110' AND i.scheme_code = '120'))
    WHERE i.person_key IS NULL
)

SELECT
    f.person_key AS subject_code, f.person_key, f.county_code, f.finding_code,
    'employment_platform' AS system, j.entity, j.delivery_id, j.file_name, j.line_number,
    CAST(NULL AS BIGINT) AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
FROM found AS f
JOIN jobs AS j ON j.person_key = f.person_key
