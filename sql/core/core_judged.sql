-- table:    core_judged
-- grain:    one row per (person_key, measure_code): what a person is in a measure that rests on services, courses, payments or schooling
-- reads:    core_person_quarter, core_parameter, core_person_work, core_person_study, core_finished_course
-- quarters: this
-- rule:     as in core_person_measure, which takes these rows in and asks whether the systems have spoken; only facts that links by ID or accepted evidence give a person count here, and suggestions that wait add nothing; ages are those of the person's county
WITH people AS (
    SELECT q.person_key, q.county_code, q.is_registered, q.labour_skill_code, q.is_employed, q.is_full_time_student, q.is_full_time_in_term, q.is_on_roll, q.is_on_roll_sure,
        $is_vocational_school_enough AND q.student_status_code IN ('10', '11', '12') AS is_at_vocational_school, q.has_other_pension,
        q.has_medical, q.has_medical_sure, q.has_medical_poor_mark,
        coalesce(w.is_unit_employed, FALSE) AS is_unit_employed,
        coalesce(w.is_employed_away, FALSE) AS is_employed_away,
        coalesce(w.is_allowance_due, FALSE) AS is_allowance_due,
        coalesce(w.is_verified_at_hukou, FALSE) AS is_verified_at_hukou,
        coalesce(w.is_verified_at_work, FALSE) AS is_verified_at_work,
        coalesce(w.has_told_demand, FALSE) AS has_told_demand,
        w.demand_date, w.last_course_date, w.school_wish_date,
        coalesce(w.has_job_seeking_allowance, FALSE) AS has_job_seeking_allowance,
        coalesce(w.has_living_allowance, FALSE) AS has_living_allowance,
        coalesce(w.has_unemployment_insurance, FALSE) AS has_unemployment_insurance,
        coalesce(w.has_injury_insurance, FALSE) AS has_injury_insurance,
        coalesce(s.is_in_grant_years, FALSE) AS is_in_grant_years,
        coalesce(s.is_graduate, FALSE) AS is_graduate,
        coalesce(s.has_fee_waiver, FALSE) AS has_fee_waiver,
        coalesce(s.has_grant, FALSE) AS has_grant,
        coalesce(s.has_graduate_job, FALSE) AS has_graduate_job,
        CASE WHEN q.is_dead THEN 'dead' END AS death_reason,
        -- As in M19: who belongs to the poor labour force.
        CASE
            WHEN q.is_dead THEN 'dead'
            WHEN q.age IS NULL THEN 'age_unknown'
            WHEN q.age < p.working_from_age THEN 'under_age'
            WHEN q.age >= p.working_until_age THEN 'over_age'
            WHEN q.is_student THEN 'in_school'
        END AS labour_reason
    FROM core_person_quarter AS q
    LEFT JOIN core_person_work AS w ON w.person_key = q.person_key
    LEFT JOIN core_person_study AS s ON s.person_key = q.person_key
    LEFT JOIN core_parameter AS k ON k.region_code = q.county_code
    LEFT JOIN core_parameter AS p ON p.region_code = coalesce(k.region_code, '36')
    WHERE q.is_registered
),

labour AS (
    SELECT * FROM people WHERE labour_skill_code IN ('1', '2')
),

-- For whom the months in which work counts are over in this quarter.
trained AS (
    SELECT person_key, bool_or(has_worked) AS has_worked
    FROM core_finished_course
    WHERE months_after(finished_date, $training_employed_months) >= $first_day AND months_after(finished_date, $training_employed_months) <= $last_day
    GROUP BY person_key
),

judged AS (
    -- M14 医保身份标识率
    SELECT person_key, county_code, 'M14' AS measure_code, has_medical_poor_mark AS is_covered, has_medical_poor_mark AND has_medical_sure AS is_sure, death_reason AS reason_code
    FROM people
    WHERE has_medical
    UNION ALL
    -- M22A 未就业信息核实率(户籍地)
    SELECT person_key, county_code, 'M22A', is_verified_at_hukou, is_verified_at_hukou, labour_reason FROM labour WHERE NOT is_employed
    UNION ALL
    -- M22B 就业信息核实率(就业地):在户籍县内就业的,户籍地即就业地
    SELECT person_key, county_code, 'M22B', is_verified_at_work OR (is_verified_at_hukou AND NOT is_employed_away),
        is_verified_at_work OR (is_verified_at_hukou AND NOT is_employed_away), labour_reason
    FROM labour
    WHERE is_employed
    UNION ALL
    -- M24A 单位就业后参加职工养老
    SELECT person_key, county_code, 'M24A', has_other_pension, has_other_pension, labour_reason FROM labour WHERE is_unit_employed
    UNION ALL
    -- M24B 单位就业后参加失业保险
    SELECT person_key, county_code, 'M24B', has_unemployment_insurance, has_unemployment_insurance, labour_reason FROM labour WHERE is_unit_employed
    UNION ALL
    -- M24C 单位就业后参加工伤保险
    SELECT person_key, county_code, 'M24C', has_injury_insurance, has_injury_insurance, labour_reason FROM labour WHERE is_unit_employed
    UNION ALL
    -- M29 求职补贴兑现率
    SELECT person_key, county_code, 'M29', has_job_seeking_allowance, has_job_seeking_allowance, labour_reason FROM labour WHERE is_allowance_due
    UNION ALL
    -- M30 培训需求掌握率
    SELECT person_key, county_code, 'M30', has_told_demand, has_told_demand, labour_reason FROM labour
    UNION ALL
    -- M31 培训需求满足率:当年登记需求的人不因年龄、就学退出
    SELECT person_key, county_code, 'M31', coalesce(last_course_date >= demand_date, FALSE), coalesce(last_course_date >= demand_date, FALSE), death_reason
    FROM people
    WHERE demand_date IS NOT NULL
    UNION ALL
    -- M33 培训后就业率
    SELECT p.person_key, p.county_code, 'M33', coalesce(t.has_worked, FALSE), coalesce(t.has_worked, FALSE), p.death_reason
    FROM people AS p
    JOIN trained AS t ON t.person_key = p.person_key
    UNION ALL
    -- M34 培训生活费补贴兑现率
    SELECT person_key, county_code, 'M34', has_living_allowance, has_living_allowance, death_reason FROM people WHERE last_course_date IS NOT NULL
    UNION ALL
    -- M36A 有意愿两后生技工就读率:当年登记意愿的人不因就读、就业、撤回意愿、年龄退出
    SELECT person_key, county_code, 'M36A', is_on_roll OR coalesce(is_at_vocational_school, FALSE), is_on_roll_sure OR coalesce(is_at_vocational_school, FALSE), death_reason
    FROM people
    WHERE school_wish_date IS NOT NULL
    UNION ALL
    -- M39A 免学费享受率
    SELECT person_key, county_code, 'M39A', has_fee_waiver, has_fee_waiver, death_reason FROM people WHERE is_full_time_student
    UNION ALL
    -- M39B 助学金享受率
    SELECT person_key, county_code, 'M39B', has_grant, has_grant, death_reason FROM people WHERE is_full_time_in_term AND is_in_grant_years
    UNION ALL
    -- M40 技工毕业贫困生就业率
    SELECT person_key, county_code, 'M40', has_graduate_job, has_graduate_job, death_reason FROM people WHERE is_graduate
)

SELECT person_key, county_code, measure_code, coalesce(is_covered, FALSE) AS is_covered, coalesce(is_sure, FALSE) AS is_sure, reason_code
FROM judged
