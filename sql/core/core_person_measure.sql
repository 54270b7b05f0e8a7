-- table:    core_person_measure
-- grain:    one row per (person_key, measure_code): what a person is in one measure's population
-- reads:    core_person_quarter, core_judged, core_parameter, core_measure_source, core_source_scope
-- quarters: this
-- rule:     covered and uncovered make the denominator; an excluded person carries one reason; where a needed system said nothing of the county the state is no_data; is_sure: covered whatever links by evidence are worth; is_possible: covered if every suggestion that waits were right; ages and what counts as what are those of the person's county, of the province where it is unknown
WITH spoken AS (
    SELECT n.measure_code, s.county_code, bool_and(s.has_data) AS has_data
    FROM core_measure_source AS n
    JOIN core_source_scope AS s ON s.system = n.system
    GROUP BY n.measure_code, s.county_code
),

-- The one reason of those whom no basic pension of the province is asked for (domain.md §5.5): what ends everything first, what needs no list next.
people AS (
    SELECT q.*,
        p.pension_from_age, p.pension_benefit_age, p.working_from_age, p.working_until_age, p.school_from_age, p.school_until_age,
        p.is_returned_not_lifted, p.is_pre_lifted_not_lifted,
        CASE
            WHEN q.is_dead THEN 'dead'
            WHEN q.age IS NULL THEN 'age_unknown'
            WHEN q.age < p.pension_from_age THEN 'under_age'
            WHEN q.is_student THEN 'in_school'
            WHEN q.is_in_army THEN 'in_army'
            WHEN q.is_imprisoned THEN 'imprisoned'
            WHEN q.is_emigrated THEN 'emigrated'
            WHEN q.is_hukou_gone THEN 'hukou_gone'
        END AS pension_reason
    FROM core_person_quarter AS q
    LEFT JOIN core_parameter AS k ON k.region_code = q.county_code
    LEFT JOIN core_parameter AS p ON p.region_code = coalesce(k.region_code, '36')
),

judged AS (
    -- M03 养老保险参保率
    SELECT person_key, county_code, 'M03' AS measure_code, has_pension OR is_found_covered AS is_covered, has_pension_sure OR is_found_covered AS is_sure,
        has_pension_possible OR is_found_covered AS is_possible,
        pension_reason AS reason_code
    FROM people
    WHERE is_registered
    UNION ALL
    -- M04 比对参保率(未核减)
    SELECT person_key, county_code, 'M04', has_pension, has_pension_sure, has_pension_possible,
        CASE WHEN age IS NULL THEN 'age_unknown' WHEN age < pension_from_age THEN 'under_age' END
    FROM people
    WHERE is_registered
    UNION ALL
    -- M06 60岁以上待遇领取率
    SELECT person_key, county_code, 'M06', has_pension_benefit, has_pension_benefit_sure, has_pension_benefit_possible,
        CASE
            WHEN pension_reason IN ('dead', 'age_unknown') THEN pension_reason
            WHEN age < pension_benefit_age THEN 'under_age'
            ELSE pension_reason
        END
    FROM people
    WHERE is_registered
    UNION ALL
    -- M08 代缴落实率
    SELECT person_key, county_code, 'M08', has_premium_subsidy, has_premium_subsidy_sure, has_premium_subsidy_possible,
        CASE
            WHEN pension_reason IN ('dead', 'age_unknown', 'under_age') THEN pension_reason
            WHEN age >= pension_benefit_age THEN 'over_age'
            WHEN pension_reason IS NOT NULL THEN pension_reason
            WHEN has_other_pension OR is_found_in_other_scheme THEN 'other_scheme'
        END
    FROM people
    WHERE is_minimum_allowance OR is_destitute OR is_severely_disabled
        OR (is_registered AND poverty_status_code = '0')
        OR (is_registered AND poverty_status_code = '2' AND is_pre_lifted_not_lifted)
        OR (is_registered AND poverty_status_code = '3' AND is_returned_not_lifted)
    UNION ALL
    -- M13 医保参保率(严格口径)
    SELECT person_key, county_code, 'M13', has_medical, has_medical_sure, has_medical_possible, CASE WHEN is_dead THEN 'dead' END
    FROM people
    WHERE is_registered
    UNION ALL
    -- M13A 医保参保率(核减口径)
    SELECT person_key, county_code, 'M13A', has_medical, has_medical_sure, has_medical_possible,
        CASE
            WHEN is_dead THEN 'dead'
            WHEN is_in_army THEN 'in_army'
            WHEN is_imprisoned THEN 'imprisoned'
            WHEN is_emigrated THEN 'emigrated'
        END
    FROM people
    WHERE is_registered
    UNION ALL
    -- M19 贫困劳动力就业率
    SELECT person_key, county_code, 'M19', is_employed, is_employed_sure, is_employed_possible,
        CASE
            WHEN is_dead THEN 'dead'
            WHEN age IS NULL THEN 'age_unknown'
            WHEN age < working_from_age THEN 'under_age'
            WHEN age >= working_until_age THEN 'over_age'
            WHEN is_student THEN 'in_school'
        END
    FROM people
    WHERE is_registered AND labour_skill_code IN ('1', '2')
    UNION ALL
    -- M36 两后生技工就读率
    SELECT person_key, county_code, 'M36', is_on_roll, is_on_roll_sure, is_on_roll_possible,
        CASE WHEN is_dead THEN 'dead' WHEN age IS NULL THEN 'age_unknown' END
    FROM people
    WHERE is_registered
        AND (age IS NULL OR (age >= school_from_age AND age < school_until_age))
        AND (
            student_status_code IN ('10', '11', '12', '13', '14', '15')
            OR (coalesce(student_status_code, '1') = '1' AND education_code IN ('3', '4'))
        )
    UNION ALL
    -- M38 雨露计划享受率(技工)
    SELECT person_key, county_code, 'M38', has_yulu, has_yulu_sure, has_yulu_possible, CASE WHEN is_dead THEN 'dead' END
    FROM people
    WHERE is_registered AND is_full_time_in_term
    UNION ALL
    -- M14, M22, M24, M29 to M31, M33, M34, M36A, M39, M40
    SELECT person_key, county_code, measure_code, is_covered, is_sure, is_covered, reason_code
    FROM core_judged
)

SELECT
    j.person_key, j.measure_code,
    CASE
        WHEN j.reason_code IS NOT NULL THEN 'excluded'
        WHEN NOT coalesce(s.has_data, FALSE) THEN 'no_data'
        WHEN j.is_covered THEN 'covered'
        ELSE 'uncovered'
    END AS state_code,
    j.reason_code,
    j.reason_code IS NULL AND coalesce(s.has_data, FALSE) AND coalesce(j.is_sure, FALSE) AS is_sure,
    j.reason_code IS NULL AND coalesce(s.has_data, FALSE) AND coalesce(j.is_possible, FALSE) AS is_possible
FROM judged AS j
LEFT JOIN spoken AS s ON s.measure_code = j.measure_code AND s.county_code = j.county_code
