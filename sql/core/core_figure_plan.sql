-- table:    core_figure_plan
-- grain:    one row per (measure_code, figure_code, region_code, cut, group_code): loans, exam fees and items of the plan, of a county, or of the city or province that reports them
-- reads:    core_expert_visit, core_person_row, core_person_quarter, staged_guaranteed_loan__loan, staged_exam__candidate, staged_programme__item
-- quarters: this
-- rule:     for disclosure control each figure has the sum of the record keys of whom it counts, and the largest contribution of one of them (1 in a count); of loans the loan, of workers whom a borrower reports the borrower's figure; done and planned have none; M43 loans that ran in the quarter, the interest that the treasury paid on them, and workers as borrowers report them; M49 registered candidates of the year's civil-service examination: fees waived, also by whether the post is for people of the county alone; M50 county, year and field where as much is done as planned, since 2018; items of the checklist, planned against done, each in its own unit, so that there is no total
WITH loans AS (
    SELECT county_code, coalesce(founder_kind_code, 'unknown') AS founder_group, loan_amount, coalesce(interest_subsidy_amount, 0) AS interest_amount,
        coalesce(poor_workers, 0) AS n_poor_workers,
        record_key(loan_number) AS loan_key, record_key(loan_number || ':' || CAST(coalesce(poor_workers, 0) AS VARCHAR)) AS workers_key
    FROM staged_guaranteed_loan__loan
),

entries AS (
    SELECT q.county_code, q.person_key, c.is_waived, CASE WHEN c.is_local_post THEN 'yes' WHEN NOT c.is_local_post THEN 'no' ELSE 'unknown' END AS local_group
    FROM core_person_row AS r
    JOIN core_person_quarter AS q ON q.person_key = r.person_key AND q.is_registered
    JOIN staged_exam__candidate AS c
        ON r.system = 'exam' AND r.entity = 'candidate' AND c.delivery_id = r.delivery_id AND c.file_name = r.file_name AND c.line_number = r.line_number
    WHERE coalesce(c.exam_kind_code, '1') = '1' AND coalesce(c.exam_year, $plan_year) = $plan_year
),

candidates AS (
    SELECT county_code, person_key, 'total' AS cut, 'all' AS group_code, CAST(count(*) AS DECIMAL(18, 2)) AS n_entered, CAST(count(*) FILTER (WHERE is_waived) AS DECIMAL(18, 2)) AS n_waived
    FROM entries GROUP BY county_code, person_key
    UNION ALL
    SELECT county_code, person_key, 'local_post', local_group, CAST(count(*) AS DECIMAL(18, 2)), CAST(count(*) FILTER (WHERE is_waived) AS DECIMAL(18, 2))
    FROM entries GROUP BY county_code, person_key, local_group
),

items AS (
    SELECT checklist_code, coalesce(planned, 0) AS n_planned, coalesce(done, 0) AS n_done,
        CASE
            WHEN length(region_code) = 6 AND right(region_code, 4) = '0000' THEN left(region_code, 2)
            WHEN length(region_code) = 6 AND right(region_code, 2) = '00' THEN left(region_code, 4)
            ELSE county_code
        END AS region_code
    FROM staged_programme__item
),

counted AS (
    SELECT 'M43' AS measure_code, 'loans' AS figure_code, county_code AS region_code, 'founder_kind' AS cut, founder_group AS group_code,
        CAST(count(*) AS DECIMAL(18, 2)) AS figure_value, CAST(NULL AS DECIMAL(18, 2)) AS figure_base,
        sum(loan_key) AS figure_key, CAST(1 AS DECIMAL(18, 2)) AS figure_largest, CAST(NULL AS BIGINT) AS base_key, CAST(NULL AS DECIMAL(18, 2)) AS base_largest
    FROM loans GROUP BY county_code, founder_group
    UNION ALL
    SELECT 'M43', 'loans', county_code, 'total', 'all', CAST(count(*) AS DECIMAL(18, 2)), NULL, sum(loan_key), 1, NULL, NULL FROM loans GROUP BY county_code
    UNION ALL
    SELECT 'M43', 'amount', county_code, 'founder_kind', founder_group, CAST(sum(loan_amount) AS DECIMAL(18, 2)), NULL, sum(loan_key), max(loan_amount), NULL, NULL
    FROM loans GROUP BY county_code, founder_group
    UNION ALL
    SELECT 'M43', 'amount', county_code, 'total', 'all', CAST(sum(loan_amount) AS DECIMAL(18, 2)), NULL, sum(loan_key), max(loan_amount), NULL, NULL
    FROM loans GROUP BY county_code
    UNION ALL
    SELECT 'M43', 'interest', county_code, 'founder_kind', founder_group, CAST(sum(interest_amount) AS DECIMAL(18, 2)), NULL,
        sum(CASE WHEN interest_amount > 0 THEN loan_key ELSE 0 END), max(interest_amount), NULL, NULL
    FROM loans GROUP BY county_code, founder_group
    UNION ALL
    SELECT 'M43', 'interest', county_code, 'total', 'all', CAST(sum(interest_amount) AS DECIMAL(18, 2)), NULL,
        sum(CASE WHEN interest_amount > 0 THEN loan_key ELSE 0 END), max(interest_amount), NULL, NULL
    FROM loans GROUP BY county_code
    UNION ALL
    SELECT 'M43', 'poor_workers', county_code, 'founder_kind', founder_group, CAST(sum(n_poor_workers) AS DECIMAL(18, 2)), NULL, sum(workers_key), 1, NULL, NULL
    FROM loans GROUP BY county_code, founder_group
    UNION ALL
    SELECT 'M43', 'poor_workers', county_code, 'total', 'all', CAST(sum(n_poor_workers) AS DECIMAL(18, 2)), NULL, sum(workers_key), 1, NULL, NULL
    FROM loans GROUP BY county_code
    UNION ALL
    SELECT 'M49', 'waived', county_code, cut, group_code, CAST(sum(n_waived) AS DECIMAL(18, 2)), CAST(sum(n_entered) AS DECIMAL(18, 2)),
        sum(CASE WHEN n_waived > 0 THEN record_key(person_key) ELSE 0 END), max(n_waived), sum(record_key(person_key)), max(n_entered)
    FROM candidates GROUP BY county_code, cut, group_code
    UNION ALL
    SELECT 'M50', 'visited', county_code, 'total', 'all', CAST(count(*) FILTER (WHERE n_done >= n_planned) AS DECIMAL(18, 2)), CAST(count(*) AS DECIMAL(18, 2)),
        NULL, NULL, NULL, NULL
    FROM core_expert_visit WHERE n_planned > 0 GROUP BY county_code
    UNION ALL
    SELECT 'M50', 'visited', county_code, 'expert_field', field_code, CAST(count(*) FILTER (WHERE n_done >= n_planned) AS DECIMAL(18, 2)), CAST(count(*) AS DECIMAL(18, 2)),
        NULL, NULL, NULL, NULL
    FROM core_expert_visit WHERE n_planned > 0 GROUP BY county_code, field_code
    UNION ALL
    SELECT 'M50', 'items', region_code, 'checklist', checklist_code, CAST(sum(n_done) AS DECIMAL(18, 2)), CAST(sum(n_planned) AS DECIMAL(18, 2)), NULL, NULL, NULL, NULL
    FROM items GROUP BY region_code, checklist_code
)

SELECT measure_code, figure_code, region_code, cut, group_code, figure_value, figure_base, figure_key, figure_largest, base_key, base_largest
FROM counted
WHERE region_code IS NOT NULL
