-- table:    core_finished_course
-- grain:    one row per (person_key, finished_date): a course that somebody finished within the last year
-- reads:    core_person_row, staged_employment_platform__training, staged_employment_platform__spell, core_finished_course
-- quarters: this, previous
-- rule:     the platform lists the courses of the year so far: those of last year are remembered; has_worked: in employment on some day of the months after in which work counts, empty while these are not over
WITH platform_rows AS (
    SELECT person_key, entity, delivery_id, file_name, line_number FROM core_person_row WHERE system = 'employment_platform'
),

finished AS (
    SELECT r.person_key, t.ended_date AS finished_date
    FROM platform_rows AS r
    JOIN staged_employment_platform__training AS t
        ON r.entity = 'training' AND t.delivery_id = r.delivery_id AND t.file_name = r.file_name AND t.line_number = r.line_number
    WHERE t.has_finished AND t.ended_date <= $last_day
    UNION
    SELECT person_key, finished_date FROM previous.core_finished_course
),

recent AS (
    SELECT person_key, finished_date FROM finished WHERE finished_date > months_after($last_day, -12)
),

jobs AS (
    SELECT r.person_key, s.started_date, coalesce(s.ended_date, DATE '9999-12-31') AS held_until_date
    FROM platform_rows AS r
    JOIN staged_employment_platform__spell AS s
        ON r.entity = 'spell' AND s.delivery_id = r.delivery_id AND s.file_name = r.file_name AND s.line_number = r.line_number
    WHERE s.registration_code = '1'
),

worked AS (
    SELECT c.person_key, c.finished_date
    FROM recent AS c
    JOIN jobs AS j ON j.person_key = c.person_key
    WHERE j.held_until_date > c.finished_date AND (j.started_date IS NULL OR j.started_date <= months_after(c.finished_date, $training_employed_months))
    GROUP BY c.person_key, c.finished_date
)

SELECT c.person_key, c.finished_date,
    CASE WHEN months_after(c.finished_date, $training_employed_months) <= $last_day THEN w.person_key IS NOT NULL END AS has_worked
FROM recent AS c
LEFT JOIN worked AS w ON w.person_key = c.person_key AND w.finished_date = c.finished_date
