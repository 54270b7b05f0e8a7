-- table:    core_link
-- grain:    one row per (system, entity, record_number, name, id_key): a record as it was delivered, and the person it was linked to
-- reads:    core_record, core_pension_participation, core_pension_payment, core_medical_participation, core_name
-- quarters: this
-- rule:     T1 valid 18-digit ID and normalised name equal; T2 the same after 15 to 18 digits; T3 ID equal and name compatible; T4 ID equal and name clearly different is never a match
WITH delivered AS (
    SELECT system, 'record' AS entity, system_rank, record_number, name, id_key, id_class FROM core_record
    UNION
    SELECT 'social_insurance', 'participation', 6, record_number, name, id_key, id_class FROM core_pension_participation
    UNION
    SELECT 'social_insurance', 'payment', 6, record_number, name, id_key, id_class FROM core_pension_payment
    UNION
    SELECT 'medical_insurance', 'participation', 7, record_number, name, id_key, id_class FROM core_medical_participation
),

-- A record may come twice with its ID written in two ways; the better reading stands for it ('valid' is the last class).
records AS (
    SELECT d.system, d.entity, d.system_rank, d.record_number, d.name, d.id_key, bool_and(coalesce(d.id_class = 'upgraded_15', FALSE)) AS is_upgraded,
        max(d.id_class) AS id_class, n.name_key, n.name_head, n.name_tail, n.name_pinyin, n.has_gap
    FROM delivered AS d
    JOIN core_name AS n ON n.name = d.name
    GROUP BY d.system, d.entity, d.system_rank, d.record_number, d.name, d.id_key, n.name_key, n.name_head, n.name_tail, n.name_pinyin, n.has_gap
),

-- The record that says whose ID it is: the register before civil affairs before the others, then the lowest number.
ranked AS (
    SELECT id_key, record_number, name_key, name_head, name_tail, name_pinyin, has_gap, is_upgraded,
        row_number() OVER (PARTITION BY id_key ORDER BY system_rank, record_number, name) AS position
    FROM records
    WHERE id_key IS NOT NULL AND entity = 'record'
),

holders AS (
    SELECT id_key, name_key, name_head, name_tail, name_pinyin, has_gap, is_upgraded FROM ranked WHERE position = 1
),

compared AS (
    SELECT
        r.system, r.entity, r.system_rank, r.record_number, r.name, r.name_key, r.id_key, r.id_class, h.name_key AS holder_name_key,
        CASE
            WHEN r.id_key IS NULL THEN 'no_usable_id'
            WHEN r.name_key = '' OR h.name_key = '' THEN 'T4'
            WHEN r.name_key = h.name_key AND NOT r.has_gap AND NOT r.is_upgraded AND NOT h.is_upgraded THEN 'T1'
            WHEN r.name_key = h.name_key AND NOT r.has_gap THEN 'T2'
            WHEN r.name_pinyin = h.name_pinyin AND NOT r.has_gap AND NOT h.has_gap THEN 'T3'
            -- A character was lost: what is left of the name, the surname at least, agrees.
            WHEN r.has_gap AND length(r.name_key) = length(h.name_key) AND r.name_head <> ''
                AND starts_with(h.name_key, r.name_head) AND ends_with(h.name_key, r.name_tail) THEN 'T3'
            WHEN h.has_gap AND length(r.name_key) = length(h.name_key) AND h.name_head <> ''
                AND starts_with(r.name_key, h.name_head) AND ends_with(r.name_key, h.name_tail) THEN 'T3'
            -- The second, third or fourth character differs in a name of three or more, the surname being the same.
            WHEN length(r.name_key) = length(h.name_key) AND length(r.name_key) >= 3
                AND substr(r.name_key, 1, 1) = substr(h.name_key, 1, 1)
                AND (
                    substr(r.name_key, 3) = substr(h.name_key, 3)
                    OR (substr(r.name_key, 2, 1) = substr(h.name_key, 2, 1) AND substr(r.name_key, 4) = substr(h.name_key, 4))
                    OR (substr(r.name_key, 2, 2) = substr(h.name_key, 2, 2) AND substr(r.name_key, 5) = substr(h.name_key, 5))
                ) THEN 'T3'
            ELSE 'T4'
        END AS tier
    FROM records AS r
    LEFT JOIN holders AS h ON h.id_key = r.id_key
)

-- cluster: everyone linked to the holder of an ID shares it; another name under the same ID, or no usable ID, stands alone.
-- An insured row of tier T4 belongs to nobody of the universe unless a record of the universe bears the same ID and name.
SELECT
    c.system, c.entity, c.system_rank, c.record_number, c.name, c.name_key, c.id_key, c.id_class, c.tier,
    CASE
        WHEN c.tier IN ('T1', 'T2', 'T3') THEN 'id:' || c.id_key
        WHEN c.tier = 'T4' AND c.entity = 'record' THEN 'id:' || c.id_key || ':' || c.name_key
        WHEN c.tier = 'T4' AND o.name_key <> '' THEN 'id:' || c.id_key || ':' || c.name_key
        WHEN c.tier = 'no_usable_id' THEN c.system || ':' || c.record_number
    END AS cluster
FROM compared AS c
LEFT JOIN (SELECT DISTINCT id_key, name_key FROM compared WHERE tier = 'T4' AND entity = 'record') AS o
    ON o.id_key = c.id_key AND o.name_key = c.name_key AND c.tier = 'T4'
