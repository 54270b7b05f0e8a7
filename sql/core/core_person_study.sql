-- table:    core_person_study
-- grain:    one row per (person_key): what the technical schools say of somebody on their rolls: school, aid, graduation
-- reads:    core_person_row, staged_technical_school__roll, staged_technical_school__fee_waiver, staged_technical_school__grant, staged_technical_school__graduate_employment
-- quarters: this
-- rule:     on the roll: 正式学籍; years 1 and 2: up to the end of the second school year after enrolment; graduated: left as a graduate (离校类别 1), the day being the due one, in the year up to the quarter's end; a fee waiver counts on the days of its span, a grant in its term
WITH school_rows AS (
    SELECT person_key, entity, delivery_id, file_name, line_number FROM core_person_row WHERE system = 'technical_school'
),

rolls AS (
    SELECT r.person_key,
        min(CASE WHEN s.roll_state_code = '1' THEN s.school_code END) AS roll_school_code,
        max(CASE WHEN s.roll_state_code = '1' THEN s.enrolment_year END) AS enrolment_year,
        bool_or(s.roll_state_code = '3' AND s.leaving_code = '1' AND s.due_graduation_date >= $first_day_of_year AND s.due_graduation_date <= $last_day) AS is_graduate,
        min(CASE WHEN s.roll_state_code = '3' AND s.leaving_code = '1' THEN s.school_code END) AS left_school_code
    FROM school_rows AS r
    JOIN staged_technical_school__roll AS s
        ON r.entity = 'roll' AND s.delivery_id = r.delivery_id AND s.file_name = r.file_name AND s.line_number = r.line_number
    GROUP BY r.person_key
),

waivers AS (
    SELECT r.person_key
    FROM school_rows AS r
    JOIN staged_technical_school__fee_waiver AS w
        ON r.entity = 'fee_waiver' AND w.delivery_id = r.delivery_id AND w.file_name = r.file_name AND w.line_number = r.line_number
    WHERE (w.started_date IS NULL OR w.started_date <= $last_day) AND (w.ended_date IS NULL OR w.ended_date >= $first_day)
    GROUP BY r.person_key
),

grants AS (
    SELECT r.person_key
    FROM school_rows AS r
    JOIN staged_technical_school__grant AS g
        ON r.entity = 'grant' AND g.delivery_id = r.delivery_id AND g.file_name = r.file_name AND g.line_number = r.line_number
    WHERE g.school_year = $school_year AND g.term_code = $term_code
    GROUP BY r.person_key
),

placed AS (
    SELECT r.person_key
    FROM school_rows AS r
    JOIN staged_technical_school__graduate_employment AS e
        ON r.entity = 'graduate_employment' AND e.delivery_id = r.delivery_id AND e.file_name = r.file_name AND e.line_number = r.line_number
    WHERE e.employed_date IS NULL OR e.employed_date <= $last_day
    GROUP BY r.person_key
)

SELECT l.person_key,
    coalesce(l.roll_school_code, l.left_school_code) AS school_code,
    l.roll_school_code IS NOT NULL AND coalesce(l.enrolment_year + 2 > to_integer(substr($school_year, 1, 4)), FALSE) AS is_in_grant_years,
    coalesce(l.is_graduate, FALSE) AS is_graduate,
    w.person_key IS NOT NULL AS has_fee_waiver,
    g.person_key IS NOT NULL AS has_grant,
    p.person_key IS NOT NULL AS has_graduate_job
FROM rolls AS l
LEFT JOIN waivers AS w ON w.person_key = l.person_key
LEFT JOIN grants AS g ON g.person_key = l.person_key
LEFT JOIN placed AS p ON p.person_key = l.person_key
