-- table:    check_c24
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody whose flag in the register says otherwise than an insurer's file, the register's row and the insurer's
-- reads:    core_person_quarter, core_source_scope, core_person_row, core_pension_participation, core_medical_participation, staged_poverty_register__person
-- quarters: this
-- rule:     参保标识不符: a flag of pension (resident or employee) without any pension in the files, or one of medical insurance without any; or a pension of which neither flag tells, or resident medical insurance with a flag that says no; empty flags say nothing; the dead are left out; each only where register and insurer have spoken of the county
WITH spoken AS (
    SELECT county_code,
        bool_or(system = 'poverty_register' AND has_data) AND bool_or(system = 'social_insurance' AND has_data) AS has_pensions,
        bool_or(system = 'poverty_register' AND has_data) AND bool_or(system = 'medical_insurance' AND has_data) AS has_medicine
    FROM core_source_scope
    GROUP BY county_code
),

pensions AS (
    SELECT r.person_key, r.system, r.entity, r.delivery_id, r.file_name, r.line_number
    FROM core_pension_participation AS p
    JOIN core_person_row AS r
        ON r.system = 'social_insurance' AND r.entity = 'participation'
        AND r.delivery_id = p.delivery_id AND r.file_name = p.file_name AND r.line_number = p.line_number
    WHERE p.participation_state_code IN ('1', '2') AND p.payment_state_code IN ('1', '2', '3')
),

medicine AS (
    SELECT r.person_key, r.system, r.entity, r.delivery_id, r.file_name, r.line_number
    FROM core_medical_participation AS m
    JOIN core_person_row AS r
        ON r.system = 'medical_insurance' AND r.entity = 'participation'
        AND r.delivery_id = m.delivery_id AND r.file_name = m.file_name AND r.line_number = m.line_number
    WHERE m.scheme_code = '390' AND m.state_code = '1'
),

claims AS (
    SELECT q.person_key, q.county_code, r.system, r.entity, r.delivery_id, r.file_name, r.line_number,
        CASE
            WHEN NOT s.has_pensions THEN NULL
            WHEN NOT q.has_pension AND (p.is_pension_claimed OR p.is_employee_pension_claimed) THEN 'pension_claimed_not_found'
            WHEN q.has_pension AND NOT p.is_pension_claimed AND NOT coalesce(p.is_employee_pension_claimed, NOT q.has_resident_pension)
                THEN 'pension_found_not_claimed'
        END AS pension_finding_code,
        CASE
            WHEN NOT s.has_medicine THEN NULL
            WHEN NOT q.has_medical AND p.is_medical_claimed THEN 'medical_claimed_not_found'
            WHEN m.person_key IS NOT NULL AND NOT p.is_medical_claimed THEN 'medical_found_not_claimed'
        END AS medical_finding_code
    FROM core_person_quarter AS q
    JOIN spoken AS s ON s.county_code = q.county_code
    JOIN core_person_row AS r ON r.person_key = q.person_key AND r.system = 'poverty_register' AND r.entity = 'person'
    JOIN staged_poverty_register__person AS p
        ON p.delivery_id = r.delivery_id AND p.file_name = r.file_name AND p.line_number = r.line_number
    LEFT JOIN (SELECT DISTINCT person_key FROM medicine) AS m ON m.person_key = q.person_key
    WHERE NOT q.is_dead
),

found AS (
    SELECT person_key, county_code, pension_finding_code AS finding_code, system, entity, delivery_id, file_name, line_number
    FROM claims
    WHERE pension_finding_code IS NOT NULL
    UNION ALL
    SELECT person_key, county_code, medical_finding_code, system, entity, delivery_id, file_name, line_number
    FROM claims
    WHERE medical_finding_code IS NOT NULL
),

evidence AS (
    SELECT person_key, county_code, finding_code, system, entity, delivery_id, file_name, line_number FROM found
    UNION ALL
    SELECT DISTINCT f.person_key, f.county_code, f.finding_code, p.system, p.entity, p.delivery_id, p.file_name, p.line_number
    FROM found AS f
    JOIN pensions AS p ON p.person_key = f.person_key
    WHERE f.finding_code = 'pension_found_not_claimed'
    UNION ALL
    SELECT DISTINCT f.person_key, f.county_code, f.finding_code, m.system, m.entity, m.delivery_id, m.file_name, m.line_number
    FROM found AS f
    JOIN medicine AS m ON m.person_key = f.person_key
    WHERE f.finding_code = 'medical_found_not_claimed'
)

SELECT
    person_key AS subject_code, person_key, county_code, finding_code,
    system, entity, delivery_id, file_name, line_number,
    CAST(NULL AS BIGINT) AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
FROM evidence
