-- table:    check_c29
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): a poor worker without work who wants some and was not served, and the rows by which
-- reads:    core_person_measure, core_person_quarter, core_person_row, staged_employment_platform__worker, staged_employment_platform__wish, staged_employment_platform__service, core_source_scope
-- quarters: this
-- rule:     未就业有意愿未服务: in the denominator of M19 and not in its numerator, wanting work by the form or the list of wishes, and in no list of services of this quarter; only where the delivery in force for the county has services; not who is in prison, in the army, abroad or gone
WITH willing AS (
    SELECT r.person_key, 'worker' AS entity, w.delivery_id, w.file_name, w.line_number
    FROM staged_employment_platform__worker AS w
    JOIN core_person_row AS r
        ON r.system = 'employment_platform' AND r.entity = 'worker'
        AND r.delivery_id = w.delivery_id AND r.file_name = w.file_name AND r.line_number = w.line_number
    WHERE w.wants_work
    UNION ALL
    SELECT r.person_key, 'wish', w.delivery_id, w.file_name, w.line_number
    FROM staged_employment_platform__wish AS w
    JOIN core_person_row AS r
        ON r.system = 'employment_platform' AND r.entity = 'wish'
        AND r.delivery_id = w.delivery_id AND r.file_name = w.file_name AND r.line_number = w.line_number
    WHERE w.wants_work
),

served AS (
    SELECT r.person_key
    FROM staged_employment_platform__service AS s
    JOIN core_person_row AS r
        ON r.system = 'employment_platform' AND r.entity = 'service'
        AND r.delivery_id = s.delivery_id AND r.file_name = s.file_name AND r.line_number = s.line_number
    WHERE s.served_date >= $first_day AND s.served_date <= $last_day
),

services_told AS (
    SELECT county_code
    FROM core_source_scope
    WHERE system = 'employment_platform' AND has_data AND delivery_id IN (SELECT DISTINCT delivery_id FROM staged_employment_platform__service)
)

SELECT
    w.person_key AS subject_code, w.person_key, q.county_code, 'not_served' AS finding_code,
    'employment_platform' AS system, w.entity, w.delivery_id, w.file_name, w.line_number,
    CAST(NULL AS BIGINT) AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
FROM willing AS w
JOIN core_person_measure AS m ON m.person_key = w.person_key AND m.measure_code = 'M19' AND m.state_code = 'uncovered'
JOIN core_person_quarter AS q ON q.person_key = w.person_key
JOIN services_told AS c ON c.county_code = q.county_code
WHERE NOT q.is_imprisoned AND NOT q.is_in_army AND NOT q.is_emigrated AND NOT q.is_hukou_gone
    AND w.person_key NOT IN (SELECT person_key FROM served)
