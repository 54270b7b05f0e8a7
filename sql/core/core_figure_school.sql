-- table:    core_figure_school
-- grain:    one row per (measure_code, figure_code, region_code, cut, group_code): apprentices among the registered on the rolls of technical schools, and what the schools of a county report
-- reads:    core_person_quarter, core_person_row, staged_technical_school__roll, staged_technical_registration__statistic
-- quarters: this
-- rule:     for disclosure control each figure has the sum of the record keys of whom it counts, and the largest contribution of one of them (1 in a count), of students whom a school reports the school's figure; M37 registered people on a roll by whether it says that they are an enterprise's new-type apprentices; M37A students, new students and graduates of the last school year that a school reports, where the school is, by level and study form
WITH students AS (
    SELECT q.county_code, q.person_key, q.record_key, bool_or(coalesce(s.is_new_apprentice, FALSE)) AS is_apprentice
    FROM core_person_row AS r
    JOIN core_person_quarter AS q ON q.person_key = r.person_key AND q.is_registered AND NOT q.is_dead AND q.is_on_roll
    JOIN staged_technical_school__roll AS s
        ON r.system = 'technical_school' AND r.entity = 'roll'
        AND s.delivery_id = r.delivery_id AND s.file_name = r.file_name AND s.line_number = r.line_number
    WHERE s.roll_state_code = '1'
    GROUP BY q.county_code, q.person_key, q.record_key
),

latest AS (
    SELECT school_code, max(school_year) AS school_year FROM staged_technical_registration__statistic GROUP BY school_code
),

reports AS (
    SELECT s.county_code, s.school_code || ':' || s.school_year || ':' || s.level_code || ':' || s.study_form_code AS report, s.level_code, s.study_form_code,
        s.n_students, s.n_new_students, s.n_graduates
    FROM staged_technical_registration__statistic AS s
    JOIN latest AS l ON l.school_code = s.school_code AND l.school_year = s.school_year
),

statistics AS (
    SELECT county_code, report, level_code, study_form_code, 'students' AS figure_code, n_students AS n_reported FROM reports
    UNION ALL
    SELECT county_code, report, level_code, study_form_code, 'new_students', n_new_students FROM reports
    UNION ALL
    SELECT county_code, report, level_code, study_form_code, 'graduates', n_graduates FROM reports
),

reported AS (
    SELECT county_code, figure_code, report, n_reported, 'total' AS cut, 'all' AS group_code FROM statistics
    UNION ALL
    SELECT county_code, figure_code, report, n_reported, 'level', level_code FROM statistics
    UNION ALL
    SELECT county_code, figure_code, report, n_reported, 'study_form', study_form_code FROM statistics
),

counted AS (
    SELECT 'M37' AS measure_code, 'people' AS figure_code, county_code, 'apprentice' AS cut, CASE WHEN is_apprentice THEN 'yes' ELSE 'no' END AS group_code,
        CAST(count(*) AS DECIMAL(18, 2)) AS figure_value, CAST(NULL AS DECIMAL(18, 2)) AS figure_base,
        sum(record_key) AS figure_key, CAST(1 AS DECIMAL(18, 2)) AS figure_largest, CAST(NULL AS BIGINT) AS base_key, CAST(NULL AS DECIMAL(18, 2)) AS base_largest
    FROM students GROUP BY county_code, CASE WHEN is_apprentice THEN 'yes' ELSE 'no' END
    UNION ALL
    SELECT 'M37A', figure_code, county_code, cut, group_code, CAST(sum(n_reported) AS DECIMAL(18, 2)), NULL,
        sum(record_key(report || ':' || CAST(n_reported AS VARCHAR))), 1, NULL, NULL
    FROM reported WHERE n_reported IS NOT NULL GROUP BY figure_code, county_code, cut, group_code
)

SELECT measure_code, figure_code, county_code AS region_code, cut, group_code, figure_value, figure_base, figure_key, figure_largest, base_key, base_largest
FROM counted
WHERE county_code IS NOT NULL
