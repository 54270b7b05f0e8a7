-- table:    core_person_measure
-- grain:    one row per (person_key, measure_code): what a person is in one measure's population
-- reads:    core_person_quarter, core_source_scope
-- quarters: this
-- rule:     covered and uncovered make the denominator; an excluded person carries one reason; where a needed system said nothing of the county the state is no_data
WITH scope AS (
    SELECT county_code,
        bool_or(system = 'social_insurance' AND has_data) AS has_social,
        bool_or(system = 'medical_insurance' AND has_data) AS has_medical_data,
        bool_or(system = 'employment_platform' AND has_data) AS has_employment,
        bool_or(system = 'technical_school' AND has_data) AS has_school,
        bool_or(system = 'yulu' AND has_data) AS has_yulu_data,
        bool_or(system = 'civil_affairs' AND has_data) AS has_civil
    FROM core_source_scope
    GROUP BY county_code
),

people AS (
    SELECT q.*,
        coalesce(s.has_social, FALSE) AS has_social, coalesce(s.has_medical_data, FALSE) AS has_medical_data,
        coalesce(s.has_employment, FALSE) AS has_employment, coalesce(s.has_school, FALSE) AS has_school,
        coalesce(s.has_yulu_data, FALSE) AS has_yulu_data, coalesce(s.has_civil, FALSE) AS has_civil
    FROM core_person_quarter AS q
    LEFT JOIN scope AS s ON s.county_code = q.county_code
),

judged AS (
    -- M03 养老保险参保率
    SELECT person_key, 'M03' AS measure_code, has_social AS has_data, has_pension AS is_covered,
        CASE
            WHEN age IS NULL THEN 'age_unknown'
            WHEN age < $pension_from_age THEN 'under_age'
            WHEN is_student THEN 'in_school'
        END AS reason_code
    FROM people
    WHERE is_registered
    UNION ALL
    -- M08 代缴落实率
    SELECT person_key, 'M08', has_social AND has_civil, has_premium_subsidy,
        CASE
            WHEN age IS NULL THEN 'age_unknown'
            WHEN age < $pension_from_age THEN 'under_age'
            WHEN age >= $pension_benefit_age THEN 'over_age'
            WHEN is_student THEN 'in_school'
            WHEN has_other_pension THEN 'other_scheme'
        END
    FROM people
    WHERE (is_registered AND poverty_status_code IN ('0', '3')) OR is_minimum_allowance OR is_destitute
    UNION ALL
    -- M13 医保参保率
    SELECT person_key, 'M13', has_medical_data, has_medical, CAST(NULL AS VARCHAR)
    FROM people
    WHERE is_registered
    UNION ALL
    -- M19 贫困劳动力就业率
    SELECT person_key, 'M19', has_employment, is_employed,
        CASE
            WHEN age IS NULL THEN 'age_unknown'
            WHEN age < $working_from_age THEN 'under_age'
            WHEN age >= $working_until_age THEN 'over_age'
            WHEN is_student THEN 'in_school'
        END
    FROM people
    WHERE is_registered AND labour_skill_code IN ('1', '2')
    UNION ALL
    -- M36 两后生技工就读率
    SELECT person_key, 'M36', has_school, is_on_roll, CASE WHEN age IS NULL THEN 'age_unknown' END
    FROM people
    WHERE is_registered
        AND (age IS NULL OR (age >= $school_from_age AND age < $school_until_age))
        AND (
            student_status_code IN ('10', '11', '12', '13', '14', '15')
            OR (coalesce(student_status_code, '1') = '1' AND education_code IN ('3', '4'))
        )
    UNION ALL
    -- M38 雨露计划享受率(技工)
    SELECT person_key, 'M38', has_school AND has_yulu_data, has_yulu, CAST(NULL AS VARCHAR)
    FROM people
    WHERE is_registered AND is_full_time_student
)

SELECT
    person_key, measure_code,
    CASE
        WHEN reason_code IS NOT NULL THEN 'excluded'
        WHEN NOT has_data THEN 'no_data'
        WHEN is_covered THEN 'covered'
        ELSE 'uncovered'
    END AS state_code,
    reason_code
FROM judged
