-- table:    check_c15
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody whose trainings and living allowance do not go together, and the rows by which
-- reads:    core_training, core_subsidy, core_exclusion, core_person_row, staged_technical_school__roll, staged_employment_platform__training, core_person_quarter, core_parameter, core_source_scope
-- quarters: this
-- rule:     培训生活费: due to a registered worker for the days attended, some time after the course (a parameter) and only since payments are known; an allowance is of the course whose days its own period meets, or that began before it was paid; its amount is judged where it is of one course only and the county's daily amount is known; paid without attendance only where trainings are known; the amount due stands at the training, the amount paid at the payment, their difference at the training
WITH payments AS (
    SELECT person_key, delivery_id, file_name, line_number, since_date, until_date, paid_date, paid_amount
    FROM core_subsidy
    WHERE subsidy_code = 'TRAINING_LIVING' AND person_key IS NOT NULL AND paid_amount > 0
),

payments_known AS (
    SELECT make_date(min(year(paid_date)), 1, 1) AS known_date FROM core_subsidy
),

trainings_known AS (
    SELECT make_date(min(year(since_date)), 1, 1) AS known_date FROM core_training
),

met AS (
    SELECT
        t.person_key, t.delivery_id AS training_delivery, t.file_name AS training_file, t.line_number AS training_line,
        t.since_date, t.until_date, t.attended_days,
        p.delivery_id, p.file_name, p.line_number, p.paid_amount,
        count(p.delivery_id) OVER (PARTITION BY p.delivery_id, p.file_name, p.line_number) AS n_courses
    FROM core_training AS t
    LEFT JOIN payments AS p
        ON p.person_key = t.person_key AND p.paid_date >= t.since_date
        AND (p.since_date IS NULL OR (p.since_date <= t.until_date AND coalesce(p.until_date, p.since_date) >= t.since_date))
),

courses AS (
    SELECT person_key, training_delivery, training_file, training_line, since_date, until_date, attended_days,
        count(delivery_id) AS n_payments, sum(paid_amount) AS paid_amount, max(n_courses) AS n_courses
    FROM met
    GROUP BY person_key, training_delivery, training_file, training_line, since_date, until_date, attended_days
),

judged AS (
    SELECT c.*, q.is_registered AND NOT q.is_dead AS is_entitled, CAST(c.attended_days * p.living_allowance_daily_amount AS DECIMAL(18, 2)) AS due_amount
    FROM courses AS c
    JOIN core_person_quarter AS q ON q.person_key = c.person_key
    LEFT JOIN core_parameter AS k ON k.region_code = q.county_code
    JOIN core_parameter AS p ON p.region_code = coalesce(k.region_code, '36')
    WHERE c.attended_days > 0
),

unpaid AS (
    SELECT j.person_key, j.training_delivery AS delivery_id, j.training_file AS file_name, j.training_line AS line_number, j.due_amount AS finding_amount
    FROM judged AS j
    JOIN payments_known AS k ON j.since_date >= k.known_date
    WHERE j.n_payments = 0 AND j.is_entitled AND j.until_date <= days_after($last_day, -$living_allowance_lag_days)
),

-- An allowance that meets several courses cannot be held against one.
wrong AS (
    SELECT person_key, training_delivery, training_file, training_line, CAST(abs(paid_amount - due_amount) AS DECIMAL(18, 2)) AS finding_amount
    FROM judged
    WHERE n_courses = 1 AND paid_amount <> due_amount
),

attended AS (
    SELECT DISTINCT delivery_id, file_name, line_number
    FROM met
    WHERE delivery_id IS NOT NULL AND coalesce(attended_days, 1) > 0
),

trainings_told AS (
    SELECT DISTINCT s.county_code
    FROM core_source_scope AS s
    WHERE s.system = 'employment_platform' AND s.has_data
        AND s.delivery_id IN (SELECT DISTINCT delivery_id FROM staged_employment_platform__training)
),

unattended AS (
    SELECT p.person_key, p.delivery_id, p.file_name, p.line_number, p.paid_amount
    FROM payments AS p
    JOIN trainings_known AS k ON coalesce(p.since_date, days_after(p.paid_date, -$living_allowance_lag_days)) >= k.known_date
    JOIN core_person_quarter AS q ON q.person_key = p.person_key
    JOIN trainings_told AS c ON c.county_code = q.county_code
    LEFT JOIN attended AS a ON a.delivery_id = p.delivery_id AND a.file_name = p.file_name AND a.line_number = p.line_number
    WHERE a.delivery_id IS NULL
),

overlapping AS (
    SELECT DISTINCT a.person_key, a.delivery_id, a.file_name, a.line_number
    FROM core_training AS a
    JOIN core_training AS b
        ON b.person_key = a.person_key AND b.since_date <= a.until_date AND b.until_date >= a.since_date
        AND (b.delivery_id <> a.delivery_id OR b.file_name <> a.file_name OR b.line_number <> a.line_number)
),

away AS (
    SELECT person_key, system, delivery_id, file_name, line_number, reason_code, since_date, until_date
    FROM core_exclusion
    WHERE reason_code IN ('dead', 'imprisoned', 'in_school') AND since_date IS NOT NULL
),

rolls AS (
    SELECT r.person_key, s.delivery_id, s.file_name, s.line_number, s.enrolled_date
    FROM staged_technical_school__roll AS s
    JOIN core_person_row AS r
        ON r.system = 'technical_school' AND r.entity = 'roll'
        AND r.delivery_id = s.delivery_id AND r.file_name = s.file_name AND r.line_number = s.line_number
    WHERE s.roll_state_code = '1' AND s.study_form_code = '1'
),

when_away AS (
    SELECT t.person_key, t.delivery_id, t.file_name, t.line_number, a.system, a.delivery_id AS list_delivery, a.file_name AS list_file,
        a.line_number AS list_line,
        CASE a.system
            WHEN 'deaths' THEN 'death' WHEN 'prison' THEN 'sentence' WHEN 'hukou_move' THEN 'move' WHEN 'national_student_roll' THEN 'student'
            WHEN 'verification_feedback' THEN 'finding'
        END AS list_entity
    FROM core_training AS t
    JOIN away AS a ON a.person_key = t.person_key
    WHERE t.until_date > a.since_date AND (a.until_date IS NULL OR t.since_date <= a.until_date) AND (a.reason_code <> 'in_school' OR t.since_date >= a.since_date)
    UNION ALL
    SELECT t.person_key, t.delivery_id, t.file_name, t.line_number, 'technical_school', s.delivery_id, s.file_name, s.line_number, 'roll'
    FROM core_training AS t
    JOIN rolls AS s ON s.person_key = t.person_key AND s.enrolled_date <= t.since_date
),

findings AS (
    SELECT person_key, 'due_not_paid' AS finding_code, 'employment_platform' AS system, 'training' AS entity, delivery_id, file_name, line_number, finding_amount
    FROM unpaid
    UNION ALL
    SELECT person_key, 'amount_differs' AS finding_code, 'employment_platform', 'training', training_delivery, training_file, training_line, finding_amount
    FROM wrong
    UNION ALL
    SELECT m.person_key, 'amount_differs' AS finding_code, 'employment_platform', 'subsidy', m.delivery_id, m.file_name, m.line_number, NULL
    FROM met AS m
    JOIN wrong AS w ON w.training_delivery = m.training_delivery AND w.training_file = m.training_file AND w.training_line = m.training_line
        AND w.person_key = m.person_key
    UNION ALL
    SELECT person_key, 'paid_without_attendance' AS finding_code, 'employment_platform', 'subsidy', delivery_id, file_name, line_number, paid_amount
    FROM unattended
    UNION ALL
    SELECT person_key, 'overlapping' AS finding_code, 'employment_platform', 'training', delivery_id, file_name, line_number, NULL
    FROM overlapping
    UNION ALL
    SELECT DISTINCT person_key, 'trained_when_away' AS finding_code, 'employment_platform', 'training', delivery_id, file_name, line_number, CAST(NULL AS DECIMAL(18, 2))
    FROM when_away
    UNION ALL
    SELECT DISTINCT person_key, 'trained_when_away' AS finding_code, system, list_entity, list_delivery, list_file, list_line, CAST(NULL AS DECIMAL(18, 2))
    FROM when_away
)

SELECT
    f.person_key AS subject_code, f.person_key, q.county_code, f.finding_code, f.system, f.entity, f.delivery_id, f.file_name, f.line_number,
    CAST(NULL AS BIGINT) AS n_months, f.finding_amount
FROM findings AS f
JOIN core_person_quarter AS q ON q.person_key = f.person_key
