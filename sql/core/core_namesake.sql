-- table:    core_namesake
-- grain:    one row per (system, name, county_code): a name that an insured row of unsettled identity shares with a record of the universe in that county
-- reads:    core_id_link, core_record, core_pension_participation, core_medical_participation, staged_social_insurance__participation, staged_medical_insurance__participation
-- quarters: this
-- rule:     n_people: how many different usable ID numbers the system's insured of that name in that county have, of all insured, in the universe or not
WITH of_universe AS (
    SELECT DISTINCT name, county_code FROM core_record WHERE name <> ''
),

insured AS (
    SELECT 'social_insurance' AS system, record_number, name, coalesce(id_key, '') AS id_or_none, county_code FROM core_pension_participation
    UNION
    SELECT 'medical_insurance', record_number, name, coalesce(id_key, ''), county_code FROM core_medical_participation
),

asked AS (
    SELECT DISTINCT i.system, i.name, i.county_code
    FROM insured AS i
    JOIN of_universe AS u ON u.name = i.name AND u.county_code = i.county_code
    JOIN core_id_link AS l
        ON l.system = i.system AND l.entity = 'participation' AND l.record_number = i.record_number AND l.name = i.name
        AND coalesce(l.id_key, '') = i.id_or_none AND l.tier NOT IN ('T1', 'T2', 'T3')
),

held AS (
    SELECT 'social_insurance' AS system, name, county_code, id_key
    FROM staged_social_insurance__participation
    WHERE id_key IS NOT NULL AND scheme_code IN ('110', '120', '170') AND name IN (SELECT name FROM asked WHERE system = 'social_insurance')
    UNION ALL
    SELECT 'medical_insurance', name, county_code, id_key
    FROM staged_medical_insurance__participation
    WHERE id_key IS NOT NULL AND scheme_code IN ('310', '390') AND name IN (SELECT name FROM asked WHERE system = 'medical_insurance')
)

SELECT a.system, a.name, a.county_code, count(DISTINCT h.id_key) AS n_people
FROM asked AS a
LEFT JOIN held AS h ON h.system = a.system AND h.name = a.name AND h.county_code = a.county_code
GROUP BY a.system, a.name, a.county_code
