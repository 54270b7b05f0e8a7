-- table:    core_person_row
-- grain:    one row per (system, entity, delivery_id, file_name, line_number, person_key): a delivered row and whom it is about
-- reads:    core_other_row, core_name, core_person, core_person_key, core_link, core_record, core_pension_participation, core_pension_payment, core_medical_participation, staged_poverty_register__person, staged_civil_affairs__family, staged_employment_platform__worker, staged_technical_school__roll, staged_yulu__payment, staged_disabled_federation__holder
-- quarters: this
-- rule:     rows of the systems that are put together go with their record (T1 to T3, accepted evidence, an official's decision); any other row is about who bears its ID number under its name, else under one that is alike where nobody fits better or as well, else, where the row has no usable ID number, about whose record its number names
WITH bindings AS (
    SELECT anchor, person_key, row_number() OVER (PARTITION BY anchor ORDER BY since_quarter DESC) AS position
    FROM core_person_key
),

links AS (
    SELECT l.system, l.entity, l.record_number, l.name, l.id_key, b.person_key
    FROM core_link AS l
    JOIN bindings AS b ON b.anchor = l.cluster AND b.position = 1
),

-- The county tells apart two rows of one number: core_record chose one.
records AS (
    SELECT l.system, l.record_number, r.county_code, r.family_number, l.person_key
    FROM links AS l
    JOIN core_record AS r ON l.entity = 'record' AND r.system = l.system AND r.record_number = l.record_number
),

by_record AS (
    SELECT r.system, 'person' AS entity, s.delivery_id, s.file_name, s.line_number, r.person_key
    FROM records AS r
    JOIN staged_poverty_register__person AS s ON r.system = 'poverty_register' AND s.person_number = r.record_number AND s.county_code = r.county_code
    UNION ALL
    SELECT r.system, 'family', s.delivery_id, s.file_name, s.line_number, r.person_key
    FROM records AS r
    JOIN staged_civil_affairs__family AS s ON r.system = 'civil_affairs' AND s.family_number = r.family_number AND s.county_code = r.county_code
    UNION ALL
    SELECT r.system, 'worker', s.delivery_id, s.file_name, s.line_number, r.person_key
    FROM records AS r
    JOIN staged_employment_platform__worker AS s ON r.system = 'employment_platform' AND s.record_number = r.record_number AND s.county_code = r.county_code
    UNION ALL
    SELECT r.system, 'roll', s.delivery_id, s.file_name, s.line_number, r.person_key
    FROM records AS r
    JOIN staged_technical_school__roll AS s ON r.system = 'technical_school' AND s.roll_number = r.record_number AND s.county_code = r.county_code
    UNION ALL
    SELECT r.system, 'payment', s.delivery_id, s.file_name, s.line_number, r.person_key
    FROM records AS r
    JOIN staged_yulu__payment AS s ON r.system = 'yulu' AND s.application_number = r.record_number AND s.county_code = r.county_code
    UNION ALL
    SELECT r.system, 'holder', s.delivery_id, s.file_name, s.line_number, r.person_key
    FROM records AS r
    JOIN staged_disabled_federation__holder AS s
        ON r.system = 'disabled_federation' AND certificate_key(s.certificate_number) = r.record_number AND s.county_code = r.county_code
    UNION ALL
    SELECT 'social_insurance', 'participation', s.delivery_id, s.file_name, s.line_number, l.person_key
    FROM links AS l
    JOIN core_pension_participation AS s
        ON l.system = 'social_insurance' AND l.entity = 'participation'
        AND s.record_number = l.record_number AND coalesce(s.id_key, '') = coalesce(l.id_key, '') AND s.name = l.name
    UNION ALL
    SELECT 'social_insurance', 'payment', s.delivery_id, s.file_name, s.line_number, l.person_key
    FROM links AS l
    JOIN core_pension_payment AS s
        ON l.system = 'social_insurance' AND l.entity = 'payment'
        AND s.record_number = l.record_number AND coalesce(s.id_key, '') = coalesce(l.id_key, '') AND s.name = l.name
    UNION ALL
    SELECT 'medical_insurance', 'participation', s.delivery_id, s.file_name, s.line_number, l.person_key
    FROM links AS l
    JOIN core_medical_participation AS s
        ON l.system = 'medical_insurance'
        AND s.record_number = l.record_number AND coalesce(s.id_key, '') = coalesce(l.id_key, '') AND s.name = l.name
),

-- Several rows of one number and name are judged once.
pairs AS (
    SELECT o.id_key, o.name, p.person_key, name_level(n, m) AS name_level
    FROM (SELECT DISTINCT id_key, name FROM core_other_row WHERE id_key IS NOT NULL) AS o
    JOIN core_person AS p ON p.id_key = o.id_key
    JOIN core_name AS n ON n.name = o.name
    JOIN core_name AS m ON m.name = p.name
),

ranked AS (
    SELECT id_key, name, person_key,
        rank() OVER (PARTITION BY id_key, name ORDER BY CASE name_level WHEN 'equal' THEN 1 WHEN 'variant' THEN 2 ELSE 3 END) AS position
    FROM pairs
    WHERE name_level NOT IN ('different', 'missing')
),

-- Who fits as well as another is not guessed.
bearers AS (
    SELECT id_key, name, min(person_key) AS person_key
    FROM ranked
    WHERE position = 1
    GROUP BY id_key, name
    HAVING count(*) = 1
)

SELECT DISTINCT system, entity, delivery_id, file_name, line_number, person_key FROM by_record
UNION ALL
SELECT o.system, o.entity, o.delivery_id, o.file_name, o.line_number, b.person_key
FROM core_other_row AS o
JOIN bearers AS b ON b.id_key = o.id_key AND b.name = o.name
UNION ALL
SELECT DISTINCT o.system, o.entity, o.delivery_id, o.file_name, o.line_number, r.person_key
FROM core_other_row AS o
JOIN records AS r ON o.id_key IS NULL AND r.system = o.person_system AND r.record_number = o.record_number
