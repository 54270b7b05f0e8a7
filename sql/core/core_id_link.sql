-- table:    core_id_link
-- grain:    one row per (system, entity, record_number, name, id_key): a record as it was delivered, and whom its ID number links it to
-- reads:    core_record, core_pension_participation, core_pension_payment, core_medical_participation, core_name
-- quarters: this
-- rule:     T1 valid 18-digit ID and normalised name equal; T2 the same after 15 to 18 digits; T3 ID equal and name compatible,
--           name_level says how; T4 is never a match: ID equal and name clearly different, or compatible only while the birth
--           date or sex of a record contradicts the ID; not_found: an insured row whose ID belongs to nobody of the universe
WITH delivered AS (
    SELECT system, 'record' AS entity, system_rank, record_number, name, id_key, id_class, sex_code, birth_date FROM core_record
    UNION
    SELECT 'social_insurance', 'participation', 6, record_number, name, id_key, id_class, sex_code, birth_date FROM core_pension_participation
    UNION
    SELECT 'social_insurance', 'payment', 6, record_number, name, id_key, id_class, NULL, NULL FROM core_pension_payment
    UNION
    SELECT 'medical_insurance', 'participation', 7, record_number, name, id_key, id_class, sex_code, birth_date FROM core_medical_participation
),

-- A record may come twice with its ID written in two ways; the better reading stands for it ('valid' is the last class).
records AS (
    SELECT system, entity, system_rank, record_number, name, id_key, bool_and(coalesce(id_class = 'upgraded_15', FALSE)) AS is_upgraded,
        max(id_class) AS id_class,
        bool_or(coalesce(birth_date <> id_birth_date(id_key), FALSE) OR coalesce(sex_code IN ('1', '2') AND sex_code <> id_sex_code(id_key), FALSE))
            AS is_contradicted
    FROM delivered
    GROUP BY system, entity, system_rank, record_number, name, id_key
),

-- A child with a parent's number and nearly the same name: what one record of that number and name says holds for all of them.
contradicted AS (
    SELECT DISTINCT r.id_key, n.name_key
    FROM records AS r
    JOIN core_name AS n ON n.name = r.name
    WHERE r.is_contradicted
),

-- The record that says whose ID it is: the register before civil affairs before the others, then the lowest number.
ranked AS (
    SELECT id_key, system, record_number, name, is_upgraded, row_number() OVER (PARTITION BY id_key ORDER BY system_rank, record_number, name) AS position
    FROM records
    WHERE id_key IS NOT NULL AND entity = 'record'
),

compared AS (
    SELECT
        r.system, r.entity, r.system_rank, r.record_number, r.name, n.name_key, r.id_key, r.id_class,
        r.is_upgraded OR h.is_upgraded AS is_upgraded, h.name IS NOT NULL AS has_holder,
        (c.id_key IS NOT NULL OR d.id_key IS NOT NULL) AND NOT (r.system = h.system AND r.record_number = h.record_number) AS is_contradicted,
        CASE WHEN h.name IS NOT NULL THEN name_level(n, m) END AS name_level
    FROM records AS r
    JOIN core_name AS n ON n.name = r.name
    LEFT JOIN ranked AS h ON h.id_key = r.id_key AND h.position = 1
    LEFT JOIN core_name AS m ON m.name = h.name
    LEFT JOIN contradicted AS c ON c.id_key = r.id_key AND c.name_key = n.name_key
    LEFT JOIN contradicted AS d ON d.id_key = h.id_key AND d.name_key = m.name_key
),

tiered AS (
    SELECT *,
        CASE
            WHEN id_key IS NULL THEN 'no_usable_id'
            WHEN NOT has_holder THEN 'not_found'
            WHEN name_level IN ('equal', 'variant') AND NOT is_upgraded THEN 'T1'
            WHEN name_level IN ('equal', 'variant') THEN 'T2'
            WHEN name_level NOT IN ('different', 'missing') AND NOT is_contradicted THEN 'T3'
            ELSE 'T4'
        END AS tier
    FROM compared
)

-- cluster: everyone linked to the holder of an ID shares it; another name under the same ID, or no usable ID, stands alone.
-- An insured row of tier T4 belongs to nobody of the universe unless a record of the universe bears the same ID and name.
SELECT
    c.system, c.entity, c.system_rank, c.record_number, c.name, c.name_key, c.id_key, c.id_class, c.tier, c.name_level,
    CASE
        WHEN c.tier IN ('T1', 'T2', 'T3') THEN 'id:' || c.id_key
        WHEN c.tier = 'T4' AND c.entity = 'record' THEN 'id:' || c.id_key || ':' || c.name_key
        WHEN c.tier = 'T4' AND o.name_key <> '' THEN 'id:' || c.id_key || ':' || c.name_key
        WHEN c.tier = 'no_usable_id' AND c.entity = 'record' THEN c.system || ':' || c.record_number
    END AS cluster
FROM tiered AS c
LEFT JOIN (SELECT DISTINCT id_key, name_key FROM tiered WHERE tier = 'T4' AND entity = 'record') AS o
    ON o.id_key = c.id_key AND o.name_key = c.name_key AND c.tier = 'T4'
