-- table:    check_c20
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): a registered student without a grant or a fee waiver, and the entry of the roll by which
-- reads:    core_person_quarter, core_person_row, staged_technical_school__roll, staged_technical_school__grant, staged_technical_school__fee_waiver
-- quarters: this
-- rule:     助学金、免学费: alive, in the register, on an active full-time entry; no_grant: in the first $grant_grades years by the school year of enrolment, enrolled before the term's second month, no grant of the term; no_fee_waiver: no waiver that holds in the quarter; a list is made only of deliveries that bring grants of the term, or waivers, at all
WITH students AS (
    SELECT q.person_key, q.county_code, r.system, r.entity, r.delivery_id, r.file_name, r.line_number,
        coalesce(s.enrolled_date, make_date(s.enrolment_year, 9, 1)) AS enrolled_date
    FROM core_person_quarter AS q
    JOIN core_person_row AS r ON r.person_key = q.person_key AND r.system = 'technical_school' AND r.entity = 'roll'
    JOIN staged_technical_school__roll AS s ON s.delivery_id = r.delivery_id AND s.file_name = r.file_name AND s.line_number = r.line_number
    WHERE q.is_registered AND q.is_full_time_student AND NOT q.is_dead AND s.roll_state_code = '1' AND s.study_form_code = '1'
),

-- A school year begins in September; a list need not say of which it is.
grants AS (
    SELECT delivery_id, file_name, line_number
    FROM staged_technical_school__grant
    WHERE coalesce(school_year, $school_year) = $school_year AND term_code = $term_code
),

waivers AS (
    SELECT delivery_id, file_name, line_number
    FROM staged_technical_school__fee_waiver
    WHERE started_date <= $last_day AND (ended_date IS NULL OR ended_date >= $first_day)
),

granted AS (
    SELECT r.person_key
    FROM core_person_row AS r
    JOIN grants AS g ON g.delivery_id = r.delivery_id AND g.file_name = r.file_name AND g.line_number = r.line_number
    WHERE r.system = 'technical_school' AND r.entity = 'grant'
),

waived AS (
    SELECT r.person_key
    FROM core_person_row AS r
    JOIN waivers AS w ON w.delivery_id = r.delivery_id AND w.file_name = r.file_name AND w.line_number = r.line_number
    WHERE r.system = 'technical_school' AND r.entity = 'fee_waiver'
)

SELECT
    s.person_key AS subject_code, s.person_key, s.county_code, 'no_grant' AS finding_code,
    s.system, s.entity, s.delivery_id, s.file_name, s.line_number,
    CAST(NULL AS BIGINT) AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
FROM students AS s
WHERE s.enrolled_date < months_after($term_start, 1)
    AND to_integer(substr($school_year, 1, 4)) - (year(s.enrolled_date) - CASE WHEN month(s.enrolled_date) < 7 THEN 1 ELSE 0 END) < $grant_grades
    AND s.delivery_id IN (SELECT delivery_id FROM grants)
    AND s.person_key NOT IN (SELECT person_key FROM granted)
UNION ALL
SELECT s.person_key, s.person_key, s.county_code, 'no_fee_waiver' AS finding_code, s.system, s.entity, s.delivery_id, s.file_name, s.line_number, NULL, NULL
FROM students AS s
WHERE s.delivery_id IN (SELECT delivery_id FROM waivers) AND s.person_key NOT IN (SELECT person_key FROM waived)
