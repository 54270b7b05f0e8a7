-- table:    mart_linkage
-- grain:    one row per (quarter, system, region_code, cut, group_code)
-- reads:    core_link_group, core_region
-- quarters: this
-- rule:     the records that speak of somebody of the universe: every record of the six systems that make it, and of the insured rows those that a number,
--           evidence or an official connects with it, the conflicts (T4) and what waits as a suggestion; insured rows about nobody of the universe are left out;
--           linkage_rate: the share whose person is known: by number (T1 to T3), by evidence (T5, T6; also a record without a usable number to which
--           others were linked) or by an official; not linked are conflicts, what an official kept apart, and what stands alone without a usable number;
--           every record is in one of these; n_waiting counts those among them that wait for review;
--           a group is held against everybody of its system and region, everybody of a region against the province; records of which
--           the number is missing, or with it age and sex, lag by their nature: nobody is warned of them
WITH counted AS (
    SELECT system, county_code, age_band, coalesce(sex_code, 'unknown') AS sex_group, name_group, id_form, tier,
        count(*) AS n_records, sum(CASE WHEN is_waiting THEN 1 ELSE 0 END) AS n_waiting
    FROM core_link_group
    WHERE entity = 'record' OR is_waiting OR tier NOT IN ('no_usable_id', 'not_found')
    GROUP BY ALL
),

by_cut AS (
    SELECT system, county_code, tier, 'total' AS cut, 'all' AS group_code, sum(n_records) AS n_records, sum(n_waiting) AS n_waiting
    FROM counted GROUP BY ALL
    UNION ALL
    SELECT system, county_code, tier, 'age_band', age_band, sum(n_records), sum(n_waiting) FROM counted GROUP BY ALL
    UNION ALL
    SELECT system, county_code, tier, 'sex', sex_group, sum(n_records), sum(n_waiting) FROM counted GROUP BY ALL
    UNION ALL
    SELECT system, county_code, tier, 'name', name_group, sum(n_records), sum(n_waiting) FROM counted GROUP BY ALL
    UNION ALL
    SELECT system, county_code, tier, 'id_form', id_form, sum(n_records), sum(n_waiting) FROM counted GROUP BY ALL
),

by_region AS (
    SELECT system, '36' AS region_code, tier, cut, group_code, n_records, n_waiting FROM by_cut
    UNION ALL
    SELECT system, substr(county_code, 1, 4), tier, cut, group_code, n_records, n_waiting FROM by_cut
    UNION ALL
    SELECT system, county_code, tier, cut, group_code, n_records, n_waiting FROM by_cut
),

cells AS (
    SELECT system, region_code, cut, group_code,
        sum(n_records) AS n_records,
        sum(CASE WHEN tier = 'T1' THEN n_records ELSE 0 END) AS n_t1,
        sum(CASE WHEN tier = 'T2' THEN n_records ELSE 0 END) AS n_t2,
        sum(CASE WHEN tier = 'T3' THEN n_records ELSE 0 END) AS n_t3,
        sum(CASE WHEN tier = 'T5' THEN n_records ELSE 0 END) AS n_t5,
        sum(CASE WHEN tier = 'T6' THEN n_records ELSE 0 END) AS n_t6,
        sum(CASE WHEN tier = 'official' THEN n_records ELSE 0 END) AS n_official,
        sum(CASE WHEN tier = 'T4' THEN n_records ELSE 0 END) AS n_conflict,
        sum(CASE WHEN tier = 'kept_apart' THEN n_records ELSE 0 END) AS n_kept_apart,
        sum(CASE WHEN tier IN ('no_usable_id', 'not_found') THEN n_records ELSE 0 END) AS n_unlinked,
        sum(n_waiting) AS n_waiting
    FROM by_region
    GROUP BY system, region_code, cut, group_code
),

rated AS (
    SELECT *, rate(n_t1 + n_t2 + n_t3 + n_t5 + n_t6 + n_official, n_records) AS linkage_rate FROM cells
),

held AS (
    SELECT c.*, CAST(a.linkage_rate - c.linkage_rate AS DECIMAL(9, 6)) AS lag_rate
    FROM rated AS c
    JOIN rated AS a
        ON a.system = c.system AND a.cut = 'total' AND a.region_code = CASE WHEN c.cut = 'total' THEN '36' ELSE c.region_code END
)

SELECT
    $quarter AS quarter, h.system, h.region_code, r.region_level, h.cut, h.group_code,
    h.n_records, h.n_t1, h.n_t2, h.n_t3, h.n_t5, h.n_t6, h.n_official, h.n_conflict, h.n_kept_apart, h.n_unlinked, h.n_waiting,
    h.linkage_rate, h.lag_rate,
    h.lag_rate * 1000 > $lag_per_mille AND h.n_records >= $lag_from_records
        AND h.group_code NOT IN ('none', 'unknown') AS is_lagging
FROM held AS h
JOIN core_region AS r ON r.region_code = h.region_code
