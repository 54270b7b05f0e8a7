-- table:    core_link_group
-- grain:    one row per (system, entity, record_number, name, id_key): a record as it was delivered, and the groups in which it is counted
-- reads:    core_link, core_id_link, core_link_candidate, core_person_key, core_person_quarter, core_record, core_pension_participation, core_pension_payment, core_medical_participation
-- quarters: this
-- rule:     age and sex are those of the person the record belongs to, else those of its valid ID number; the county is the one that delivered it, of a 功能区 the one its code begins with;
--           tier is that of core_link, of a record without a usable number to which others were linked theirs;
--           a person stands with the record believed first of those that neither evidence nor an official brought there;
--           is_link: the record is linked to that one, is another, and of several forms of one number is the best linked
WITH delivered AS (
    SELECT system, entity, record_number, name, name_key, id_key, id_class, tier, cluster FROM core_link
    UNION ALL
    SELECT e.system, e.entity, e.record_number, e.name, e.name_key, e.id_key, e.id_class, e.tier, NULL
    FROM core_id_link AS e
    WHERE e.entity <> 'record' AND e.tier IN ('no_usable_id', 'not_found') AND NOT EXISTS (
        SELECT 1 FROM core_link AS l
        WHERE l.system = e.system AND l.entity = e.entity AND l.record_number = e.record_number AND l.name = e.name
            AND coalesce(l.id_key, '') = coalesce(e.id_key, '')
    )
),

bindings AS (
    SELECT anchor, person_key, row_number() OVER (PARTITION BY anchor ORDER BY since_quarter DESC) AS position
    FROM core_person_key
),

firsts AS (
    SELECT cluster, system, record_number,
        row_number() OVER (
            PARTITION BY cluster ORDER BY CASE WHEN tier IN ('T5', 'T6', 'official') THEN 1 ELSE 0 END, system_rank, record_number
        ) AS position
    FROM core_link
    WHERE entity = 'record' AND cluster IS NOT NULL
),

joined AS (
    SELECT cluster, min(tier) AS tier FROM core_link WHERE tier IN ('T5', 'T6', 'official') GROUP BY cluster
),

waiting AS (
    SELECT DISTINCT system, entity, record_number, name, coalesce(id_key, '') AS id_or_none FROM core_link_candidate WHERE decision = 'review'
),

places AS (
    SELECT system, 'record' AS entity, record_number, name, coalesce(id_key, '') AS id_or_none, county_code FROM core_record
    UNION ALL
    SELECT 'social_insurance', 'participation', record_number, name, coalesce(id_key, ''), min(county_code)
    FROM core_pension_participation GROUP BY record_number, name, coalesce(id_key, '')
    UNION ALL
    SELECT 'social_insurance', 'payment', record_number, name, coalesce(id_key, ''), min(county_code)
    FROM core_pension_payment GROUP BY record_number, name, coalesce(id_key, '')
    UNION ALL
    SELECT 'medical_insurance', 'participation', record_number, name, coalesce(id_key, ''), min(county_code)
    FROM core_medical_participation GROUP BY record_number, name, coalesce(id_key, '')
),

placed AS (
    SELECT
        d.system, d.entity, d.record_number, d.name, d.name_key, d.id_key, d.id_class, d.cluster, left(p.county_code, 6) AS county_code,
        CASE WHEN d.tier = 'no_usable_id' AND j.tier IS NOT NULL THEN j.tier ELSE d.tier END AS tier,
        CASE WHEN q.person_key IS NOT NULL THEN q.age ELSE age_on(id_birth_date(d.id_key), $last_day) END AS age,
        CASE WHEN q.person_key IS NOT NULL THEN q.sex_code ELSE id_sex_code(d.id_key) END AS sex_code,
        f.system AS person_system, f.record_number AS person_record_number,
        f.system = d.system AND f.record_number = d.record_number AS is_first,
        w.system IS NOT NULL AS is_waiting
    FROM delivered AS d
    LEFT JOIN places AS p
        ON p.system = d.system AND p.entity = d.entity AND p.record_number = d.record_number AND p.name = d.name AND p.id_or_none = coalesce(d.id_key, '')
    LEFT JOIN waiting AS w
        ON w.system = d.system AND w.entity = d.entity AND w.record_number = d.record_number AND w.name = d.name AND w.id_or_none = coalesce(d.id_key, '')
    LEFT JOIN joined AS j ON j.cluster = d.cluster
    LEFT JOIN firsts AS f ON f.cluster = d.cluster AND f.position = 1
    LEFT JOIN bindings AS b ON b.anchor = d.cluster AND b.position = 1
    LEFT JOIN core_person_quarter AS q ON q.person_key = b.person_key
)

SELECT
    system, entity, record_number, name, id_key, tier, person_system, person_record_number, county_code,
    age_band(age) AS age_band,
    sex_code,
    CASE WHEN name_key = '' THEN 'unknown' WHEN contains(name_key, '·') THEN 'minority' ELSE 'han' END AS name_group,
    CASE WHEN id_key IS NULL THEN 'none' WHEN id_class = 'upgraded_15' THEN '15_digits' ELSE '18_digits' END AS id_form,
    coalesce(is_first, FALSE) = FALSE AND tier IN ('T1', 'T2', 'T3', 'T5', 'T6', 'official') AND row_number() OVER (
        PARTITION BY system, record_number, cluster ORDER BY tier, entity, name, coalesce(id_key, '')
    ) = 1 AS is_link,
    is_waiting
FROM placed
