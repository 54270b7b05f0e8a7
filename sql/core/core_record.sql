-- table:    core_record
-- grain:    one row per (system, record_number): a record that names a person who belongs to the universe
-- reads:    staged_poverty_register__person, staged_civil_affairs__family, staged_employment_platform__worker, staged_technical_school__roll, staged_yulu__payment
-- quarters: this
-- rule:     every record of the five systems whose people make the universe; a family row becomes one record per named member; one number that two counties deliver stands once, for the lower county code
WITH members AS (
    SELECT family_number || '-1' AS record_number, name_1 AS name, id_number_1 AS id_number, id_key_1 AS id_key, id_class_1 AS id_class, county_code
    FROM staged_civil_affairs__family
    UNION ALL
    SELECT family_number || '-2', name_2, id_number_2, id_key_2, id_class_2, county_code FROM staged_civil_affairs__family
    UNION ALL
    SELECT family_number || '-3', name_3, id_number_3, id_key_3, id_class_3, county_code FROM staged_civil_affairs__family
    UNION ALL
    SELECT family_number || '-4', name_4, id_number_4, id_key_4, id_class_4, county_code FROM staged_civil_affairs__family
    UNION ALL
    SELECT family_number || '-5', name_5, id_number_5, id_key_5, id_class_5, county_code FROM staged_civil_affairs__family
    UNION ALL
    SELECT family_number || '-6', name_6, id_number_6, id_key_6, id_class_6, county_code FROM staged_civil_affairs__family
),

records AS (
    SELECT 'poverty_register' AS system, 1 AS system_rank, person_number AS record_number, name, id_key, id_class, county_code
    FROM staged_poverty_register__person
    UNION ALL
    SELECT 'civil_affairs', 2, record_number, name, id_key, id_class, county_code
    FROM members
    WHERE coalesce(name, '') <> '' OR coalesce(id_number, '') <> ''
    UNION ALL
    SELECT 'employment_platform', 3, record_number, name, id_key, id_class, county_code
    FROM staged_employment_platform__worker
    UNION ALL
    SELECT 'technical_school', 4, roll_number, name, id_key, id_class, county_code
    FROM staged_technical_school__roll
    UNION ALL
    SELECT 'yulu', 5, application_number, name, id_key, id_class, county_code
    FROM staged_yulu__payment
),

-- A number is unique in a delivery and one delivery speaks for a county, but two counties may both send someone who moved.
numbered AS (
    SELECT *, row_number() OVER (PARTITION BY system, record_number ORDER BY county_code) AS position
    FROM records
)

SELECT system, system_rank, record_number, coalesce(name, '') AS name, id_key, id_class, county_code
FROM numbered
WHERE position = 1
