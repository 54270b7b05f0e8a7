-- table:    core_training
-- grain:    one row per (delivery_id, file_name, line_number, person_key): a training that somebody of the universe began this year or last
-- reads:    staged_employment_platform__training, core_person_row, core_source_scope, core_training
-- quarters: this, previous
-- rule:     the platform lists the trainings begun in a year: those of last year, and of a county that sends nothing now, are kept as they were last told; without a last day the length of the course gives it
WITH told AS (
    SELECT
        r.person_key, t.delivery_id, t.file_name, t.line_number, t.county_code, t.started_date AS since_date,
        coalesce(t.ended_date, days_after(t.started_date, t.n_days - 1), t.started_date) AS until_date,
        t.n_attended_days AS attended_days
    FROM staged_employment_platform__training AS t
    JOIN core_person_row AS r
        ON r.system = 'employment_platform' AND r.entity = 'training'
        AND r.delivery_id = t.delivery_id AND r.file_name = t.file_name AND r.line_number = t.line_number
),

kept AS (
    SELECT w.*
    FROM previous.core_training AS w
    LEFT JOIN core_source_scope AS s ON s.system = 'employment_platform' AND s.county_code = w.county_code
    WHERE year(w.since_date) = year($last_day) - 1 OR (year(w.since_date) = year($last_day) AND NOT coalesce(s.has_data, FALSE))
)

SELECT person_key, delivery_id, file_name, line_number, county_code, since_date, until_date, attended_days
FROM told
UNION ALL
SELECT person_key, delivery_id, file_name, line_number, county_code, since_date, until_date, attended_days
FROM kept
