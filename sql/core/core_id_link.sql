-- table:    core_id_link
-- grain:    one row per (system, entity, record_number, name, id_key): a record as it was delivered, and whom its ID number links it to
-- reads:    core_record, core_pension_participation, core_pension_payment, core_medical_participation, core_name
-- quarters: this
-- rule:     T1 valid 18-digit ID and normalised name equal; T2 the same after 15 to 18 digits; T3 ID equal and name compatible,
--           name_level says how; T4 is never a match: ID equal and name clearly different, or compatible only while the birth
--           date or sex of a record contradicts the ID; not_found: an insured row whose ID belongs to nobody of the universe
-- An insured record may come in several rows, and an ID be written in two ways: the better reading stands for it ('valid' is the last class).
WITH delivered AS (
    SELECT system, 'record' AS entity, system_rank, record_number, name, id_key, id_class, coalesce(id_class = 'upgraded_15', FALSE) AS is_upgraded
    FROM core_record
    UNION ALL
    SELECT 'social_insurance', 'participation', 7, record_number, name, id_key, max(id_class), bool_and(coalesce(id_class = 'upgraded_15', FALSE))
    FROM core_pension_participation
    GROUP BY record_number, name, id_key
    UNION ALL
    SELECT 'social_insurance', 'payment', 7, record_number, name, id_key, max(id_class), bool_and(coalesce(id_class = 'upgraded_15', FALSE))
    FROM core_pension_payment
    GROUP BY record_number, name, id_key
    UNION ALL
    SELECT 'medical_insurance', 'participation', 8, record_number, name, id_key, max(id_class), bool_and(coalesce(id_class = 'upgraded_15', FALSE))
    FROM core_medical_participation
    GROUP BY record_number, name, id_key
),

-- The record that says whose ID it is: the register before civil affairs before the others, then the lowest number.
holders AS (
    SELECT id_key, holder.name AS name, holder.is_upgraded AS is_upgraded
    FROM (
        SELECT id_key,
            min_by(
                struct_pack(name := name, is_upgraded := coalesce(id_class = 'upgraded_15', FALSE)),
                lpad(CAST(system_rank AS VARCHAR), 2, '0') || record_number
            ) AS holder
        FROM core_record
        WHERE id_key IS NOT NULL
        GROUP BY id_key
    ) AS first_records
),

-- Nearly every record is written as its holder: only the others' names have to be compared.
pairs AS (
    SELECT DISTINCT r.id_key, r.name, h.name AS holder_name
    FROM (
        SELECT id_key, name FROM core_record
        UNION ALL
        SELECT id_key, name FROM core_pension_participation
        UNION ALL
        SELECT id_key, name FROM core_pension_payment
        UNION ALL
        SELECT id_key, name FROM core_medical_participation
    ) AS r
    JOIN holders AS h ON h.id_key = r.id_key
    WHERE r.name <> h.name OR r.name IN (SELECT name FROM core_name WHERE has_gap OR name_key = '')
),

told AS (
    SELECT id_key, name, sex_code, birth_date FROM core_record WHERE id_key IN (SELECT id_key FROM pairs)
    UNION ALL
    SELECT id_key, name, sex_code, birth_date FROM core_pension_participation WHERE id_key IN (SELECT id_key FROM pairs)
    UNION ALL
    SELECT id_key, name, sex_code, birth_date FROM core_medical_participation WHERE id_key IN (SELECT id_key FROM pairs)
),

-- A child with a parent's number and nearly the same name: what one record of that number and name says holds for all of them.
contradicted AS (
    SELECT DISTINCT t.id_key, n.name_key
    FROM told AS t
    JOIN core_name AS n ON n.name = t.name
    WHERE t.birth_date <> id_birth_date(t.id_key) OR (t.sex_code IN ('1', '2') AND t.sex_code <> id_sex_code(t.id_key))
),

levels AS (
    SELECT p.id_key, p.name, name_level(n, m) AS name_level,
        p.name <> p.holder_name AND (c.id_key IS NOT NULL OR d.id_key IS NOT NULL) AS is_contradicted
    FROM pairs AS p
    JOIN core_name AS n ON n.name = p.name
    JOIN core_name AS m ON m.name = p.holder_name
    LEFT JOIN contradicted AS c ON c.id_key = p.id_key AND c.name_key = n.name_key
    LEFT JOIN contradicted AS d ON d.id_key = p.id_key AND d.name_key = m.name_key
),

compared AS (
    SELECT id_key, name, name_level,
        name_level IN ('different', 'missing') OR (is_contradicted AND name_level NOT IN ('equal', 'variant')) AS is_another
    FROM levels
),

-- Another person under the number, whom a record of the universe names.
others AS (
    SELECT DISTINCT r.id_key, n.name_key
    FROM core_record AS r
    JOIN compared AS c ON c.id_key = r.id_key AND c.name = r.name
    JOIN core_name AS n ON n.name = r.name
    WHERE c.is_another AND n.name_key <> ''
),

tiered AS (
    SELECT r.system, r.entity, r.system_rank, r.record_number, r.name, n.name_key, r.id_key, r.id_class,
        CASE
            WHEN r.id_key IS NULL THEN 'no_usable_id'
            WHEN h.id_key IS NULL THEN 'not_found'
            WHEN c.is_another THEN 'T4'
            WHEN c.name_level NOT IN ('equal', 'variant') THEN 'T3'
            WHEN r.is_upgraded OR h.is_upgraded THEN 'T2'
            ELSE 'T1'
        END AS tier,
        CASE WHEN h.id_key IS NOT NULL THEN coalesce(c.name_level, 'equal') END AS name_level
    FROM delivered AS r
    JOIN core_name AS n ON n.name = r.name
    LEFT JOIN holders AS h ON h.id_key = r.id_key
    LEFT JOIN compared AS c ON c.id_key = r.id_key AND c.name = r.name
)

-- cluster: everyone linked to the holder of an ID shares it; another name under the same ID, or no usable ID, stands alone.
-- An insured row of tier T4 belongs to nobody of the universe unless a record of the universe bears the same ID and name.
SELECT
    t.system, t.entity, t.system_rank, t.record_number, t.name, t.name_key, t.id_key, t.id_class, t.tier, t.name_level,
    CASE
        WHEN t.tier IN ('T1', 'T2', 'T3') THEN 'id:' || t.id_key
        WHEN t.tier = 'T4' AND (t.entity = 'record' OR o.id_key IS NOT NULL) THEN 'id:' || t.id_key || ':' || t.name_key
        WHEN t.tier = 'no_usable_id' AND t.entity = 'record' THEN t.system || ':' || t.record_number
    END AS cluster
FROM tiered AS t
LEFT JOIN others AS o ON o.id_key = CASE WHEN t.tier = 'T4' THEN t.id_key END AND o.name_key = t.name_key
