-- table:    core_case
-- grain:    one row per (case_code): a problem of one person or body that a check has found, from the quarter in which it was first found
-- reads:    core_check_row, core_check_source, core_source_scope, core_person_quarter, core_region_succession, core_case
-- quarters: this, previous
-- rule:     the same finding of the same subject is the same case: new, carried while it is found again, cleared when it is not, reopened when it comes back; gone when the person has left the universe; not_checked while a system that the finding needs says nothing of the county; closed ones are kept; a case stands in what its county is today
WITH found AS (
    SELECT check_code || '-' || finding_code || '-' || subject_code AS case_code, check_code, finding_code, subject_code,
        max(person_key) AS person_key, min(county_code) AS county_code,
        count(*) AS n_evidence, sum(n_months) AS n_months, sum(finding_amount) AS finding_amount
    FROM core_check_row
    GROUP BY check_code, finding_code, subject_code
),

spoken AS (
    SELECT n.check_code, n.finding_code, s.county_code, bool_and(s.has_data) AS has_data
    FROM core_check_source AS n
    JOIN core_source_scope AS s ON s.system = n.system
    GROUP BY n.check_code, n.finding_code, s.county_code
),

both_quarters AS (
    SELECT coalesce(f.case_code, w.case_code) AS case_code,
        coalesce(f.check_code, w.check_code) AS check_code,
        coalesce(f.finding_code, w.finding_code) AS finding_code,
        coalesce(f.subject_code, w.subject_code) AS subject_code,
        coalesce(f.person_key, w.person_key) AS person_key,
        coalesce(f.county_code, c.region_code, w.county_code) AS told_county,
        coalesce(w.first_quarter, $quarter) AS first_quarter,
        CASE WHEN f.case_code IS NOT NULL THEN $quarter ELSE w.last_quarter END AS last_quarter,
        f.case_code IS NOT NULL AS is_found,
        w.case_code IS NOT NULL AS was_known,
        coalesce(w.case_state_code IN ('new', 'carried', 'reopened', 'not_checked'), FALSE) AS was_open,
        coalesce(w.n_quarters, 0) AS was_quarters,
        coalesce(f.n_evidence, 0) AS n_evidence, f.n_months, f.finding_amount
    FROM found AS f
    FULL JOIN previous.core_case AS w ON w.case_code = f.case_code
    LEFT JOIN core_region_succession AS c ON c.was_region_code = w.county_code AND c.is_main AND c.since_date >= $first_day
)

SELECT
    b.case_code, b.check_code, b.finding_code, b.subject_code, b.person_key,
    coalesce(q.county_code, b.told_county) AS county_code, q.town_code, q.village_code, q.household_number,
    b.first_quarter, b.last_quarter,
    CASE
        WHEN b.is_found AND NOT b.was_known THEN 'new'
        WHEN b.is_found AND b.was_open THEN 'carried'
        WHEN b.is_found THEN 'reopened'
        WHEN NOT b.was_open THEN 'closed'
        WHEN b.person_key IS NOT NULL AND q.person_key IS NULL THEN 'gone'
        WHEN NOT coalesce(s.has_data, FALSE) THEN 'not_checked'
        ELSE 'cleared'
    END AS case_state_code,
    b.was_quarters + CASE WHEN b.is_found THEN 1 ELSE 0 END AS n_quarters,
    b.n_evidence, b.n_months, b.finding_amount
FROM both_quarters AS b
LEFT JOIN core_person_quarter AS q ON q.person_key = b.person_key
LEFT JOIN spoken AS s ON s.check_code = b.check_code AND s.finding_code = b.finding_code AND s.county_code = coalesce(q.county_code, b.told_county)
