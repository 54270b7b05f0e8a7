-- table:    mart_school_yulu
-- grain:    one row per (quarter, person_key)
-- reads:    core_person_quarter, core_source_scope
-- quarters: this
-- rule:     everyone on a technical-school roll or paid Yulu for one, held against the register in both directions, by the school's calendar: aid of a term is due to whoever was on the roll in that term, also to those who have graduated since, not to those who enrolled for the next; a finding asks to verify
WITH scope AS (
    SELECT county_code,
        bool_or(system = 'poverty_register' AND has_data) AS has_register,
        bool_or(system = 'technical_school' AND has_data) AS has_school,
        bool_or(system = 'yulu' AND has_data) AS has_yulu_data
    FROM core_source_scope
    GROUP BY county_code
)

SELECT
    $quarter AS quarter, q.person_key, q.is_registered, q.county_code, q.town_code, q.village_code,
    q.is_on_roll, q.is_full_time_student, q.has_roll_poor_mark, q.has_technical_yulu AS has_yulu,
    CASE
        WHEN NOT coalesce(s.has_register AND s.has_school AND s.has_yulu_data, FALSE) THEN 'no_data'
        WHEN q.is_full_time_in_term AND q.is_registered AND q.has_yulu THEN 'consistent'
        WHEN q.is_full_time_in_term AND q.is_registered AND q.has_yulu_pending THEN 'yulu_pending'
        WHEN q.is_full_time_in_term AND q.is_registered THEN 'roll_without_yulu'
        WHEN q.has_technical_yulu AND NOT q.is_on_roll AND NOT q.has_graduated_in_term THEN 'yulu_without_roll'
        WHEN q.has_technical_yulu AND NOT q.is_registered THEN 'yulu_without_register'
        WHEN q.has_technical_yulu AND q.has_graduated_in_term THEN 'consistent'
        ELSE 'not_due'
    END AS yulu_finding_code,
    CASE
        WHEN NOT coalesce(s.has_register AND s.has_school, FALSE) THEN 'no_data'
        WHEN NOT q.is_on_roll THEN 'not_on_roll'
        WHEN q.has_roll_poor_mark AND NOT q.is_registered THEN 'mark_without_register'
        WHEN q.is_registered AND NOT q.has_roll_hardship THEN 'register_without_mark'
        ELSE 'consistent'
    END AS mark_finding_code
FROM core_person_quarter AS q
LEFT JOIN scope AS s ON s.county_code = q.county_code
WHERE q.is_on_roll OR q.has_technical_yulu
