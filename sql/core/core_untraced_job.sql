-- table:    core_untraced_job
-- grain:    one row per (entity, delivery_id, file_name, line_number, person_key): a job with a unit of the province of which nothing else is to be seen
-- reads:    core_job, core_unit_contribution, core_person_quarter, core_person_row, staged_social_insurance__participation, core_source_scope, core_untraced_job
-- quarters: this, previous
-- rule:     held since before the quarter; the platform has no wage and no contract for any of the person's jobs there, no unit paid insurance in the quarter, and the person is in no employees' scheme; only where social insurance has spoken of the county of the hukou and of the workplace; n_quarters: for how many quarters on end it has been so with the person
WITH held AS (
    SELECT *
    FROM core_job
    WHERE is_active AND employment_form_code = '02' AND starts_with(workplace_code, '36') AND (since_date IS NULL OR since_date < $first_day)
),

traced AS (
    SELECT person_key FROM core_job WHERE is_active AND has_work_trace
    UNION ALL
    SELECT person_key FROM core_unit_contribution
    UNION ALL
    SELECT r.person_key
    FROM staged_social_insurance__participation AS i
    JOIN core_person_row AS r
        ON r.system = 'social_insurance' AND r.entity = 'participation'
        AND r.delivery_id = i.delivery_id AND r.file_name = i.file_name AND r.line_number = i.line_number
    WHERE i.scheme_code IN ('210', '410') AND i.participation_state_code = '1'
),

spoken AS (
    SELECT county_code, has_data FROM core_source_scope WHERE system = 'social_insurance'
),

before AS (
    SELECT person_key, max(n_quarters) AS n_quarters FROM previous.core_untraced_job GROUP BY person_key
)

SELECT h.person_key, q.county_code, h.entity, h.delivery_id, h.file_name, h.line_number, coalesce(w.n_quarters, 0) + 1 AS n_quarters
FROM held AS h
JOIN core_person_quarter AS q ON q.person_key = h.person_key
JOIN spoken AS s ON s.county_code = q.county_code
LEFT JOIN spoken AS p ON p.county_code = h.workplace_code
LEFT JOIN before AS w ON w.person_key = h.person_key
WHERE s.has_data AND coalesce(p.has_data, TRUE) AND NOT q.has_other_pension AND NOT q.is_dead
    AND h.person_key NOT IN (SELECT person_key FROM traced)
