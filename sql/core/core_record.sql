-- table:    core_record
-- grain:    one row per (system, record_number): a record that names a person who belongs to the universe
-- reads:    staged_poverty_register__person, staged_civil_affairs__family, staged_employment_platform__worker, staged_technical_school__roll, staged_yulu__payment, staged_disabled_federation__holder
-- quarters: this
-- rule:     every record of the six systems whose people make the universe, with what else it says of who that is; of the federation's list the severely disabled (grade 1 and 2) whose certificate is in force; a family row becomes one record per named member; one number that two counties deliver stands once, for the lower county code
WITH members AS (
    SELECT family_number || '-1' AS record_number, name_1 AS name, id_number_1 AS id_number, id_key_1 AS id_key, id_class_1 AS id_class, county_code, town_code, family_number
    FROM staged_civil_affairs__family
    UNION ALL
    SELECT family_number || '-2', name_2, id_number_2, id_key_2, id_class_2, county_code, town_code, family_number FROM staged_civil_affairs__family
    UNION ALL
    SELECT family_number || '-3', name_3, id_number_3, id_key_3, id_class_3, county_code, town_code, family_number FROM staged_civil_affairs__family
    UNION ALL
    SELECT family_number || '-4', name_4, id_number_4, id_key_4, id_class_4, county_code, town_code, family_number FROM staged_civil_affairs__family
    UNION ALL
    SELECT family_number || '-5', name_5, id_number_5, id_key_5, id_class_5, county_code, town_code, family_number FROM staged_civil_affairs__family
    UNION ALL
    SELECT family_number || '-6', name_6, id_number_6, id_key_6, id_class_6, county_code, town_code, family_number FROM staged_civil_affairs__family
),

-- quoted_number: the register's own number for the person, as another system writes it down.
records AS (
    SELECT 'poverty_register' AS system, 1 AS system_rank, person_number AS record_number, name, id_number, id_key, id_class, county_code,
        sex_code, CAST(NULL AS DATE) AS birth_date, village_code AS region_code, household_number, phone, CAST(NULL AS VARCHAR) AS quoted_number,
        CAST(NULL AS VARCHAR) AS family_number, student_status_code
    FROM staged_poverty_register__person
    UNION ALL
    SELECT 'civil_affairs', 2, record_number, name, id_number, id_key, id_class, county_code, NULL, NULL, town_code, NULL, NULL, NULL, family_number, NULL
    FROM members
    WHERE coalesce(name, '') <> '' OR coalesce(id_number, '') <> ''
    UNION ALL
    SELECT 'employment_platform', 3, record_number, name, id_number, id_key, id_class, county_code, sex_code, NULL, hukou_code, household_number, phone, NULL, NULL, NULL
    FROM staged_employment_platform__worker
    UNION ALL
    SELECT 'technical_school', 4, roll_number, name, id_number, id_key, id_class, county_code, sex_code, birth_date, hukou_code, NULL, NULL, NULL, NULL, NULL
    FROM staged_technical_school__roll
    UNION ALL
    SELECT 'yulu', 5, application_number, name, id_number, id_key, id_class, county_code, NULL, NULL, hukou_code, household_number, NULL, person_number, NULL, NULL
    FROM staged_yulu__payment
    UNION ALL
    SELECT 'disabled_federation', 6, certificate_key(certificate_number), name, id_number, id_key, id_class, county_code, sex_code, NULL, hukou_code, NULL, NULL, NULL, NULL, NULL
    FROM staged_disabled_federation__holder
    WHERE grade_code IN ('1', '2') AND coalesce(state_code, '1') = '1' AND (valid_until_date IS NULL OR valid_until_date >= $last_day)
),

-- A number is unique in a delivery and one delivery speaks for a county, but two counties may both send someone who moved.
repeated AS (
    SELECT system, record_number, min(county_code) AS county_code FROM records GROUP BY system, record_number HAVING count(*) > 1
)

SELECT r.system, r.system_rank, r.record_number, coalesce(r.name, '') AS name, r.id_number, r.id_key, r.id_class, r.county_code,
    r.sex_code, r.birth_date, r.region_code, r.household_number, r.phone, r.quoted_number, r.family_number, r.student_status_code
FROM records AS r
LEFT JOIN repeated AS d ON d.system = r.system AND d.record_number = r.record_number
WHERE d.county_code IS NULL OR d.county_code = r.county_code
