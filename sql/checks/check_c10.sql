-- table:    check_c10
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): a full-time student whom a unit employs and insures, and the rows by which
-- reads:    staged_technical_school__roll, core_person_row, core_job, core_unit_contribution, core_person_quarter
-- quarters: this
-- rule:     在校×就业: formally on a full-time roll since before the job began, at work in a unit today, and a unit paid employees' pension for a month of this quarter; new-type apprentices are let be, and whoever is due to graduate within the time in which internships fall
WITH students AS (
    SELECT r.person_key, r.delivery_id, r.file_name, r.line_number, s.enrolled_date,
        coalesce(s.is_new_apprentice, FALSE) OR coalesce(s.due_graduation_date <= months_after($last_day, $internship_months), FALSE) AS is_let_be
    FROM staged_technical_school__roll AS s
    JOIN core_person_row AS r
        ON r.system = 'technical_school' AND r.entity = 'roll'
        AND r.delivery_id = s.delivery_id AND r.file_name = s.file_name AND r.line_number = s.line_number
    WHERE s.roll_state_code = '1' AND s.study_form_code = '1'
),

jobs AS (
    SELECT person_key, entity, delivery_id, file_name, line_number, since_date
    FROM core_job
    WHERE is_active AND employment_form_code = '02'
),

paid AS (
    SELECT person_key, delivery_id, file_name, line_number FROM core_unit_contribution WHERE scheme_code IN ('110', '120')
),

found AS (
    SELECT s.person_key
    FROM students AS s
    JOIN jobs AS j ON j.person_key = s.person_key AND (s.enrolled_date IS NULL OR j.since_date IS NULL OR j.since_date > s.enrolled_date)
    WHERE s.person_key IN (SELECT person_key FROM paid)
    GROUP BY s.person_key
    HAVING NOT bool_or(s.is_let_be)
),

evidence AS (
    SELECT person_key, 'technical_school' AS system, 'roll' AS entity, delivery_id, file_name, line_number, CAST(NULL AS BIGINT) AS n_months FROM students
    UNION ALL
    SELECT person_key, 'employment_platform', entity, delivery_id, file_name, line_number, NULL FROM jobs
    UNION ALL
    SELECT person_key, 'social_insurance', 'contribution', delivery_id, file_name, line_number, 1 FROM paid
)

SELECT
    e.person_key AS subject_code, e.person_key, q.county_code, 'student_employed' AS finding_code,
    e.system, e.entity, e.delivery_id, e.file_name, e.line_number, e.n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
FROM found AS f
JOIN evidence AS e ON e.person_key = f.person_key
JOIN core_person_quarter AS q ON q.person_key = f.person_key
