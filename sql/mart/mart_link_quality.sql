-- table:    mart_link_quality
-- grain:    one row per (quarter, tier, cut, group_code)
-- reads:    core_link_group, core_link_verdict, core_person_quarter, mart_link_review
-- quarters: this
-- rule:     a link joins the records of one number to the record with which the person stands (core_link_group); its group is that of the person it was laid to, name, form of
--           the number and county are the record's; n_reviewed: links drawn from the tier and judged, by the last word about them, also in earlier quarters,
--           as long as both records are delivered; precision_estimate: the share of them confirmed, as the tier links before anyone corrects it;
--           row suggestion: the same of suggestions, n_waiting of which wait; row all: every tier by its share of the automatic links, NULL while one has
--           nothing judged; recall_estimate: links expected right and officials' own, over these and what of the waiting is expected right;
--           intervals are Wilson's at 95 %, those of row all put together end by end, which is wider than need be;
--           is_lagging: even the upper end is more than half a point below everybody's estimate
WITH asked AS (
    SELECT 'suggestion' AS tier, w.system, w.record_number, q.age_band, q.sex_code, 1 AS n_waiting, 0 AS n_reviewed, 0 AS n_confirmed
    FROM mart_link_review AS w
    JOIN core_person_quarter AS q ON q.person_key = w.person_key
    UNION ALL
    SELECT CASE WHEN v.basis = 'draw' THEN v.tier ELSE 'suggestion' END, v.system, v.record_number, p.age_band, p.sex_code,
        0, 1, CASE WHEN v.outcome = 'must_link' THEN 1 ELSE 0 END
    FROM core_link_verdict AS v
    JOIN core_link_group AS p ON p.entity = 'record' AND p.system = v.person_system AND p.record_number = v.person_record_number
    WHERE v.basis IS NOT NULL
),

-- A number may come in several forms, which seldom differ in these.
records AS (
    SELECT g.system, g.record_number, min(g.county_code) AS county_code, min(g.name_group) AS name_group, min(g.id_form) AS id_form
    FROM core_link_group AS g
    SEMI JOIN asked AS a ON a.system = g.system AND a.record_number = g.record_number
    GROUP BY g.system, g.record_number
),

counted AS (
    SELECT tier, system, county_code, age_band, coalesce(sex_code, 'unknown') AS sex_group, name_group, id_form,
        count(*) AS n_links, 0 AS n_waiting, 0 AS n_reviewed, 0 AS n_confirmed
    FROM core_link_group
    WHERE is_link
    GROUP BY ALL
    UNION ALL
    SELECT a.tier, a.system, r.county_code, a.age_band, coalesce(a.sex_code, 'unknown'), r.name_group, r.id_form,
        0, a.n_waiting, a.n_reviewed, a.n_confirmed
    FROM asked AS a
    JOIN records AS r ON r.system = a.system AND r.record_number = a.record_number
),

cut_up AS (
    SELECT tier, 'total' AS cut, 'all' AS group_code, n_links, n_waiting, n_reviewed, n_confirmed FROM counted
    UNION ALL
    SELECT tier, 'system', system, n_links, n_waiting, n_reviewed, n_confirmed FROM counted
    UNION ALL
    SELECT tier, 'county', coalesce(county_code, 'unknown'), n_links, n_waiting, n_reviewed, n_confirmed FROM counted
    UNION ALL
    SELECT tier, 'age_band', age_band, n_links, n_waiting, n_reviewed, n_confirmed FROM counted
    UNION ALL
    SELECT tier, 'sex', sex_group, n_links, n_waiting, n_reviewed, n_confirmed FROM counted
    UNION ALL
    SELECT tier, 'name', name_group, n_links, n_waiting, n_reviewed, n_confirmed FROM counted
    UNION ALL
    SELECT tier, 'id_form', id_form, n_links, n_waiting, n_reviewed, n_confirmed FROM counted
),

sums AS (
    SELECT tier, cut, group_code, sum(n_links) AS n_links, sum(n_waiting) AS n_waiting, sum(n_reviewed) AS n_reviewed, sum(n_confirmed) AS n_confirmed
    FROM cut_up
    GROUP BY tier, cut, group_code
),

estimated AS (
    SELECT *, rate(n_confirmed, n_reviewed) AS precision_estimate,
        wilson_low(n_confirmed, n_reviewed) AS precision_low, wilson_high(n_confirmed, n_reviewed) AS precision_high,
        tier IN ('T1', 'T2', 'T3', 'T5', 'T6') AS is_automatic
    FROM sums
),

-- How many are expected right, and at each end of the interval.
weighed AS (
    SELECT cut, group_code,
        sum(CASE WHEN is_automatic THEN n_links ELSE 0 END) AS n_links,
        sum(CASE WHEN tier = 'official' THEN n_links ELSE 0 END) AS n_official,
        sum(n_waiting) AS n_waiting,
        sum(CASE WHEN is_automatic THEN n_reviewed ELSE 0 END) AS n_reviewed,
        sum(CASE WHEN is_automatic THEN n_confirmed ELSE 0 END) AS n_confirmed,
        bool_or(is_automatic AND n_links > 0 AND n_reviewed = 0) AS is_open,
        sum(CASE WHEN is_automatic THEN n_links * precision_estimate END) AS n_right,
        sum(CASE WHEN is_automatic THEN n_links * precision_low END) AS n_right_low,
        sum(CASE WHEN is_automatic THEN n_links * precision_high END) AS n_right_high,
        sum(CASE WHEN n_waiting > 0 THEN n_waiting * precision_estimate END) AS n_missed,
        sum(CASE WHEN n_waiting > 0 THEN n_waiting * precision_low END) AS n_missed_low,
        sum(CASE WHEN n_waiting > 0 THEN n_waiting * precision_high END) AS n_missed_high
    FROM estimated
    GROUP BY cut, group_code
),

-- Without anything that waits nothing is expected missed; NULL where something waits and nothing was ever judged.
expected AS (
    SELECT cut, group_code, n_links, n_waiting, n_reviewed, n_confirmed,
        CASE WHEN NOT is_open THEN n_right END AS n_right,
        CASE WHEN NOT is_open THEN n_right_low END AS n_right_low,
        CASE WHEN NOT is_open THEN n_right_high END AS n_right_high,
        CASE WHEN NOT is_open THEN n_right + n_official END AS n_found,
        CASE WHEN NOT is_open THEN n_right_low + n_official END AS n_found_low,
        CASE WHEN NOT is_open THEN n_right_high + n_official END AS n_found_high,
        CASE WHEN n_waiting = 0 THEN 0 ELSE n_missed END AS n_missed,
        CASE WHEN n_waiting = 0 THEN 0 ELSE n_missed_low END AS n_missed_low,
        CASE WHEN n_waiting = 0 THEN 0 ELSE n_missed_high END AS n_missed_high
    FROM weighed
),

rows_of_all AS (
    SELECT tier, cut, group_code, CASE WHEN tier <> 'suggestion' THEN n_links END AS n_links,
        CASE WHEN tier = 'suggestion' THEN n_waiting END AS n_waiting, n_reviewed, n_confirmed, precision_estimate, precision_low, precision_high,
        CAST(NULL AS DECIMAL(9, 6)) AS recall_estimate, CAST(NULL AS DECIMAL(9, 6)) AS recall_low, CAST(NULL AS DECIMAL(9, 6)) AS recall_high
    FROM estimated
    UNION ALL
    SELECT 'all', cut, group_code, n_links, n_waiting, n_reviewed, n_confirmed,
        quotient(n_right, n_links), quotient(n_right_low, n_links), quotient(n_right_high, n_links),
        quotient(n_found, n_found + n_missed), quotient(n_found_low, n_found_low + n_missed_high), quotient(n_found_high, n_found_high + n_missed_low)
    FROM expected
)

SELECT
    $quarter AS quarter, c.tier, c.cut, c.group_code, c.n_links, c.n_waiting, c.n_reviewed, c.n_confirmed,
    c.precision_estimate, c.precision_low, c.precision_high, c.recall_estimate, c.recall_low, c.recall_high,
    c.tier <> 'suggestion' AND (
        coalesce((a.precision_estimate - c.precision_high) * 1000 > $lag_per_mille, FALSE)
        OR coalesce((a.recall_estimate - c.recall_high) * 1000 > $lag_per_mille, FALSE)
    ) AS is_lagging
FROM rows_of_all AS c
JOIN rows_of_all AS a ON a.tier = c.tier AND a.cut = 'total'
