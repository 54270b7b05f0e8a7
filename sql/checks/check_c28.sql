-- table:    check_c28
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): a school whose roll and national registration differ, and the rows by which
-- reads:    core_source_scope, staged_technical_school__roll, staged_technical_registration__registration, staged_technical_registration__statistic
-- quarters: this
-- rule:     省学籍×部电子注册: an entry and a registration are of one student by the roll number, else by the ID number; roll_not_registered: an active entry, enrolled $registration_lag_months or more before the registration's cut date, without any registration; registered_not_on_roll: a registration that holds or waits, without any entry; differs: another school or level, or one of them has ended and the other not (leaving after the registration's cut date is no difference); statistic_differs: a reported number of students that is not that of the registrations of this school, school year, level and study form; a case is one school's
WITH registrations AS (
    SELECT g.delivery_id, g.file_name, g.line_number, g.roll_number, g.id_key, g.school_code, g.school_year, g.level_code, g.study_form_code,
        g.county_code, g.registration_state_code IN ('1', '2') AS is_registered, c.cut_date
    FROM staged_technical_registration__registration AS g
    JOIN core_source_scope AS c ON c.system = 'technical_registration' AND c.county_code = g.county_code
),

schools AS (
    SELECT school_code, min(county_code) AS county_code, max(cut_date) AS cut_date FROM registrations GROUP BY school_code
),

entries AS (
    SELECT s.delivery_id, s.file_name, s.line_number, s.roll_number, s.id_key, coalesce(s.school_code, s.school_name) AS school_code, s.level_code,
        s.roll_state_code, s.school_code IS NOT NULL AS has_school_code, coalesce(s.enrolled_date, make_date(s.enrolment_year, 9, 1)) AS enrolled_date,
        CASE WHEN s.leaving_code IN ('1', '2') THEN coalesce(s.completed_date, s.due_graduation_date) END AS left_date,
        c.cut_date AS roll_cut_date, h.county_code AS school_county, coalesce(h.cut_date, n.cut_date) AS cut_date
    FROM staged_technical_school__roll AS s
    JOIN core_source_scope AS c ON c.system = 'technical_school' AND c.county_code = s.county_code
    JOIN core_source_scope AS n ON n.system = 'technical_registration' AND n.county_code = s.county_code AND n.has_data
    LEFT JOIN schools AS h ON h.school_code = s.school_code
),

pairs AS (
    SELECT g.delivery_id, g.file_name, g.line_number, e.delivery_id AS roll_delivery, e.file_name AS roll_file, e.line_number AS roll_line, 1 AS closeness
    FROM registrations AS g
    JOIN entries AS e ON e.roll_number = g.roll_number
    UNION ALL
    SELECT g.delivery_id, g.file_name, g.line_number, e.delivery_id, e.file_name, e.line_number, 2
    FROM registrations AS g
    JOIN entries AS e ON e.id_key = g.id_key
),

-- Of several entries that may be meant, the one by the number, then the active one.
ranked AS (
    SELECT p.*,
        row_number() OVER (
            PARTITION BY p.delivery_id, p.file_name, p.line_number
            ORDER BY p.closeness, e.roll_state_code, e.roll_number, p.roll_delivery, p.roll_file, p.roll_line
        ) AS position
    FROM pairs AS p
    JOIN entries AS e ON e.delivery_id = p.roll_delivery AND e.file_name = p.roll_file AND e.line_number = p.roll_line
),

differing AS (
    SELECT g.school_code, g.county_code, p.delivery_id, p.file_name, p.line_number, p.roll_delivery, p.roll_file, p.roll_line
    FROM ranked AS p
    JOIN registrations AS g ON g.delivery_id = p.delivery_id AND g.file_name = p.file_name AND g.line_number = p.line_number
    JOIN entries AS e ON e.delivery_id = p.roll_delivery AND e.file_name = p.roll_file AND e.line_number = p.roll_line
    WHERE p.position = 1
        AND (
            (e.roll_state_code <> '3' AND NOT g.is_registered)
            OR (e.roll_state_code = '3' AND g.is_registered AND coalesce(e.left_date, e.roll_cut_date) <= g.cut_date)
            OR (g.is_registered AND e.roll_state_code <> '3' AND e.has_school_code AND e.school_code <> g.school_code)
            OR (g.is_registered AND e.roll_state_code <> '3' AND e.level_code <> g.level_code)
        )
),

counted AS (
    SELECT school_code, school_year, level_code, study_form_code, count(*) AS n_students
    FROM registrations
    WHERE is_registered
    GROUP BY school_code, school_year, level_code, study_form_code
),

found AS (
    SELECT e.school_code AS subject_code, e.school_county AS county_code, 'roll_not_registered' AS finding_code,
        'technical_school' AS system, 'roll' AS entity, e.delivery_id, e.file_name, e.line_number
    FROM entries AS e
    LEFT JOIN pairs AS p ON p.roll_delivery = e.delivery_id AND p.roll_file = e.file_name AND p.roll_line = e.line_number
    WHERE p.roll_line IS NULL AND e.roll_state_code = '1' AND months_between(e.enrolled_date, e.cut_date) >= $registration_lag_months
    UNION ALL
    SELECT g.school_code, g.county_code, 'registered_not_on_roll' AS finding_code, 'technical_registration', 'registration', g.delivery_id, g.file_name, g.line_number
    FROM registrations AS g
    LEFT JOIN pairs AS p ON p.delivery_id = g.delivery_id AND p.file_name = g.file_name AND p.line_number = g.line_number
    WHERE p.line_number IS NULL AND g.is_registered
        AND g.county_code IN (SELECT county_code FROM core_source_scope WHERE system = 'technical_school' AND has_data)
    UNION ALL
    SELECT school_code, county_code, 'differs' AS finding_code, 'technical_registration', 'registration', delivery_id, file_name, line_number FROM differing
    UNION ALL
    SELECT school_code, county_code, 'differs' AS finding_code, 'technical_school', 'roll', roll_delivery, roll_file, roll_line FROM differing
    UNION ALL
    SELECT t.school_code, t.county_code, 'statistic_differs' AS finding_code, 'technical_registration', 'statistic', t.delivery_id, t.file_name, t.line_number
    FROM staged_technical_registration__statistic AS t
    LEFT JOIN counted AS c
        ON c.school_code = t.school_code AND c.school_year = t.school_year AND c.level_code = t.level_code AND c.study_form_code = t.study_form_code
    WHERE t.n_students <> coalesce(c.n_students, 0)
)

SELECT DISTINCT
    subject_code, CAST(NULL AS VARCHAR) AS person_key, county_code, finding_code,
    system, entity, delivery_id, file_name, line_number,
    CAST(NULL AS BIGINT) AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
FROM found
WHERE subject_code IS NOT NULL
