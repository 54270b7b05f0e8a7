-- table:    core_figure_case
-- grain:    one row per (measure_code, figure_code, region_code, cut, group_code): what a county's cases add up to, and what visits found of them
-- reads:    core_case, core_person_quarter, core_person_row, core_region_succession, core_visit
-- quarters: this, previous
-- rule:     for disclosure control each figure has the sum of the record keys of whom it counts, and the largest contribution of one of them (1 in a count); M05 the cases of C01 that are open now, those of them that are new or came back, those that stayed, and those that were open last quarter and are cleared (who left the universe is not cleared); M10 people and amounts of C04 and C05, M12 of C07 to C09, each check also by itself; M11 the registered of C06 among those in a pension scheme; M44 of the cases that were open when last quarter's lists went out, those that were answered, and in time, under what their county is today; M45 of the answered those that were so: settled since (A) or still open (P)
WITH cases AS (
    SELECT case_code, check_code, subject_code, person_key, county_code, case_state_code, finding_amount FROM core_case WHERE county_code IS NOT NULL
),

counted AS (
    SELECT county_code, subject_code, 'uncovered' AS figure_code FROM cases WHERE check_code = 'C01' AND case_state_code IN ('new', 'reopened', 'carried')
    UNION ALL
    SELECT county_code, subject_code, 'new' FROM cases WHERE check_code = 'C01' AND case_state_code IN ('new', 'reopened')
    UNION ALL
    SELECT county_code, subject_code, 'carried' FROM cases WHERE check_code = 'C01' AND case_state_code = 'carried'
    UNION ALL
    SELECT county_code, subject_code, 'cleared' FROM cases WHERE check_code = 'C01' AND case_state_code = 'cleared'
),

paid_wrongly AS (
    SELECT CASE WHEN check_code IN ('C04', 'C05') THEN 'M10' ELSE 'M12' END AS measure_code, check_code, county_code, person_key, finding_amount
    FROM cases
    WHERE check_code IN ('C04', 'C05', 'C07', 'C08', 'C09') AND case_state_code IN ('new', 'reopened', 'carried')
),

by_check AS (
    SELECT measure_code, 'total' AS cut, 'all' AS group_code, county_code, person_key, finding_amount FROM paid_wrongly
    UNION ALL
    SELECT measure_code, 'check', check_code, county_code, person_key, finding_amount FROM paid_wrongly
),

by_person AS (
    SELECT measure_code, county_code, cut, group_code, person_key, record_key(person_key) AS record_key, sum(coalesce(finding_amount, 0)) AS finding_amount
    FROM by_check
    GROUP BY measure_code, county_code, cut, group_code, person_key
),

insured AS (
    SELECT q.county_code, q.person_key, c.person_key IS NOT NULL AS is_twice
    FROM core_person_quarter AS q
    LEFT JOIN (SELECT DISTINCT person_key FROM cases WHERE check_code = 'C06' AND case_state_code IN ('new', 'reopened', 'carried')) AS c
        ON c.person_key = q.person_key
    WHERE q.is_registered AND q.has_pension AND q.county_code IS NOT NULL
),

-- An answer names its case, or the person and the check.
answers AS (
    SELECT issue_number AS case_code, CAST(NULL AS VARCHAR) AS person_key, CAST(NULL AS VARCHAR) AS check_code, category_code, found_date FROM core_visit
    UNION ALL
    SELECT NULL, r.person_key, v.check_code, v.category_code, v.found_date
    FROM core_visit AS v
    JOIN core_person_row AS r
        ON r.system = 'verification_feedback' AND r.entity = 'finding'
        AND r.delivery_id = v.delivery_id AND r.file_name = v.file_name AND r.line_number = v.line_number
),

sent AS (
    SELECT w.case_code, w.check_code, w.subject_code, w.person_key, coalesce(c.region_code, w.county_code) AS county_code
    FROM previous.core_case AS w
    LEFT JOIN core_region_succession AS c ON c.was_region_code = w.county_code AND c.is_main AND c.since_date >= $first_day
    WHERE w.county_code IS NOT NULL AND w.case_state_code IN ('new', 'carried', 'reopened', 'not_checked')
),

matched AS (
    SELECT s.case_code, s.county_code, a.category_code, a.found_date FROM sent AS s JOIN answers AS a ON a.case_code = s.case_code
    UNION ALL
    SELECT s.case_code, s.county_code, a.category_code, a.found_date
    FROM sent AS s
    JOIN answers AS a ON a.person_key = s.person_key AND a.check_code = s.check_code
),

answered AS (
    SELECT case_code, county_code, min(found_date) AS found_date, bool_or(starts_with(category_code, 'A') OR starts_with(category_code, 'P')) AS is_so
    FROM matched
    GROUP BY case_code, county_code
),

visited AS (
    SELECT s.county_code, s.subject_code, w.case_code IS NOT NULL AS is_answered, coalesce(w.is_so, FALSE) AS is_so,
        coalesce(w.found_date < days_after($first_day, $feedback_due_days), FALSE) AS is_on_time
    FROM sent AS s
    LEFT JOIN answered AS w ON w.case_code = s.case_code
),

-- Somebody may have several cases.
by_subject AS (
    SELECT county_code, record_key(subject_code) AS record_key,
        CAST(count(*) AS DECIMAL(18, 2)) AS n_sent,
        CAST(count(*) FILTER (WHERE is_answered) AS DECIMAL(18, 2)) AS n_answered,
        CAST(count(*) FILTER (WHERE is_answered AND is_on_time) AS DECIMAL(18, 2)) AS n_on_time,
        CAST(count(*) FILTER (WHERE is_answered AND is_so) AS DECIMAL(18, 2)) AS n_so
    FROM visited
    GROUP BY county_code, subject_code
)

SELECT 'M05' AS measure_code, figure_code, county_code AS region_code, 'total' AS cut, 'all' AS group_code,
    CAST(count(*) AS DECIMAL(18, 2)) AS figure_value, CAST(NULL AS DECIMAL(18, 2)) AS figure_base,
    sum(record_key(subject_code)) AS figure_key, CAST(1 AS DECIMAL(18, 2)) AS figure_largest,
    CAST(NULL AS BIGINT) AS base_key, CAST(NULL AS DECIMAL(18, 2)) AS base_largest
FROM counted
GROUP BY figure_code, county_code
UNION ALL
SELECT measure_code, 'people', county_code, cut, group_code, CAST(count(*) AS DECIMAL(18, 2)), NULL, sum(record_key), 1, NULL, NULL
FROM by_person
GROUP BY measure_code, county_code, cut, group_code
UNION ALL
SELECT measure_code, 'amount', county_code, cut, group_code, CAST(sum(finding_amount) AS DECIMAL(18, 2)), NULL,
    sum(record_key), CAST(max(finding_amount) AS DECIMAL(18, 2)), NULL, NULL
FROM by_person
GROUP BY measure_code, county_code, cut, group_code
UNION ALL
SELECT 'M11', 'both_schemes', county_code, 'total', 'all', CAST(count(*) FILTER (WHERE is_twice) AS DECIMAL(18, 2)), CAST(count(*) AS DECIMAL(18, 2)),
    sum(CASE WHEN is_twice THEN record_key(person_key) ELSE 0 END), 1, sum(record_key(person_key)), 1
FROM insured
GROUP BY county_code
UNION ALL
SELECT 'M44', 'answered', county_code, 'total', 'all', CAST(sum(n_answered) AS DECIMAL(18, 2)), CAST(sum(n_sent) AS DECIMAL(18, 2)),
    sum(CASE WHEN n_answered > 0 THEN record_key ELSE 0 END), max(n_answered), sum(record_key), max(n_sent)
FROM by_subject
GROUP BY county_code
UNION ALL
SELECT 'M44', 'on_time', county_code, 'total', 'all', CAST(sum(n_on_time) AS DECIMAL(18, 2)), CAST(sum(n_sent) AS DECIMAL(18, 2)),
    sum(CASE WHEN n_on_time > 0 THEN record_key ELSE 0 END), max(n_on_time), sum(record_key), max(n_sent)
FROM by_subject
GROUP BY county_code
UNION ALL
SELECT 'M45', 'confirmed', county_code, 'total', 'all', CAST(sum(n_so) AS DECIMAL(18, 2)), CAST(sum(n_answered) AS DECIMAL(18, 2)),
    sum(CASE WHEN n_so > 0 THEN record_key ELSE 0 END), max(n_so), sum(CASE WHEN n_answered > 0 THEN record_key ELSE 0 END), max(n_answered)
FROM by_subject
GROUP BY county_code
