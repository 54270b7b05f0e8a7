-- table:    check_c16
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): a school-leaver whose wish nobody recorded or met, and the rows by which
-- reads:    core_person_measure, core_person_quarter, core_person_row, staged_employment_platform__wish
-- quarters: this
-- rule:     两后生: in the denominator of M36 and not in its numerator, at no other school by the register or the education department's roll, not serving, imprisoned or gone abroad, whether working or not; who has the wish and is at a vocational school is listed unless $is_vocational_school_enough; wish_not_recorded only in counties that have sent wishes; who does not want to is not listed; the evidence is the person's rows in the register, and the wish where there is one
WITH leavers AS (
    SELECT m.person_key, q.county_code, q.is_student, q.student_status_code IN ('10', '11', '12') AS is_vocational
    FROM core_person_measure AS m
    JOIN core_person_quarter AS q ON q.person_key = m.person_key
    WHERE m.measure_code = 'M36' AND m.state_code = 'uncovered'
        AND NOT q.is_in_army AND NOT q.is_imprisoned AND NOT q.is_emigrated
),

wishes AS (
    SELECT l.person_key, r.system, r.entity, r.delivery_id, r.file_name, r.line_number, w.wants_technical_school
    FROM leavers AS l
    JOIN core_person_row AS r ON r.person_key = l.person_key AND r.system = 'employment_platform' AND r.entity = 'wish'
    JOIN staged_employment_platform__wish AS w
        ON w.delivery_id = r.delivery_id AND w.file_name = r.file_name AND w.line_number = r.line_number
),

asked AS (
    SELECT person_key, bool_or(wants_technical_school) AS wants_technical_school FROM wishes GROUP BY person_key
),

found AS (
    SELECT l.person_key, l.county_code,
        CASE WHEN a.wants_technical_school IS NULL THEN 'wish_not_recorded' ELSE 'wish_not_enrolled' END AS finding_code
    FROM leavers AS l
    LEFT JOIN asked AS a ON a.person_key = l.person_key
    WHERE (a.wants_technical_school AND (NOT l.is_student OR (l.is_vocational AND NOT $is_vocational_school_enough)))
        OR (a.wants_technical_school IS NULL AND NOT l.is_student AND l.county_code IN (SELECT county_code FROM staged_employment_platform__wish))
)

SELECT
    f.person_key AS subject_code, f.person_key, f.county_code, f.finding_code,
    r.system, r.entity, r.delivery_id, r.file_name, r.line_number,
    CAST(NULL AS BIGINT) AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
FROM found AS f
JOIN core_person_row AS r ON r.person_key = f.person_key AND r.system = 'poverty_register'
UNION ALL
SELECT f.person_key, f.person_key, f.county_code, f.finding_code, w.system, w.entity, w.delivery_id, w.file_name, w.line_number, NULL, NULL
FROM found AS f
JOIN wishes AS w ON w.person_key = f.person_key
WHERE f.finding_code = 'wish_not_enrolled' AND w.wants_technical_school
