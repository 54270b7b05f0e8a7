-- table:    mart_reconciliation
-- grain:    one row per (quarter, reconciliation_code, measure_code, region_code)
-- reads:    mart_measure, mart_coverage, mart_coverage_reason, mart_change, mart_case_count, core_target, core_person_measure, core_person_quarter, core_region
-- quarters: this, previous
-- rule:     two counts that must be equal, or the left at most the right, whatever the data: each pair is compared by itself and told of its county or the region above; n_difference is 0 where all n_compared pairs agree; expectations/mart_reconciliation.py says what each code means, and what differs stops the publication
WITH at_most AS (
    SELECT reconciliation_code FROM (VALUES ('places_within'), ('part_of_measure'), ('numerator_bounds')) AS t(reconciliation_code)
),

-- The total of every place; of the groups, those of a county's towns or of its villages are taken together.
numbers AS (
    SELECT measure_code, region_code, region_level, cut,
        n_population, n_denominator, n_numerator, n_numerator_low, n_numerator_high, n_excluded, n_no_data
    FROM mart_coverage
    WHERE cut = 'total'
    UNION ALL
    SELECT measure_code, substr(region_code, 1, 6), region_level, cut,
        sum(n_population), sum(n_denominator), sum(n_numerator), sum(n_numerator_low), sum(n_numerator_high), sum(n_excluded), sum(n_no_data)
    FROM mart_coverage
    WHERE cut <> 'total'
    GROUP BY measure_code, substr(region_code, 1, 6), region_level, cut
),

-- What counts people, one number a row; where there is no data, nobody is in a denominator.
counts AS (
    SELECT n.measure_code, n.region_code, n.region_level, n.cut, c.count_code,
        coalesce(
            CASE c.count_code
                WHEN 'population' THEN n.n_population
                WHEN 'denominator' THEN n.n_denominator
                WHEN 'numerator' THEN n.n_numerator
                WHEN 'numerator_low' THEN n.n_numerator_low
                WHEN 'numerator_high' THEN n.n_numerator_high
                WHEN 'excluded' THEN n.n_excluded
                WHEN 'no_data' THEN n.n_no_data
            END, 0
        ) AS n_people
    FROM numbers AS n
    CROSS JOIN (
        VALUES ('population'), ('denominator'), ('numerator'), ('numerator_low'), ('numerator_high'), ('excluded'), ('no_data')
    ) AS c(count_code)
),

totals AS (
    SELECT measure_code, region_code, region_level, count_code, n_people FROM counts WHERE cut = 'total'
),

level_totals AS (
    SELECT measure_code, substr(region_code, 1, 6) AS region_code, region_level, count_code, sum(n_people) AS n_people
    FROM totals
    GROUP BY measure_code, substr(region_code, 1, 6), region_level, count_code
),

cuts AS (
    SELECT DISTINCT cut FROM numbers WHERE cut <> 'total'
),

-- People themselves, beside what the tables count of them.
people AS (
    SELECT m.measure_code, q.county_code, 'people_' || m.state_code AS count_code, count(*) AS n_people
    FROM core_person_measure AS m
    LEFT JOIN core_person_quarter AS q ON q.person_key = m.person_key
    GROUP BY m.measure_code, q.county_code, m.state_code
    UNION ALL
    SELECT '', county_code, 'registered', count(*) FROM core_person_quarter WHERE is_registered GROUP BY county_code
),

known AS (
    SELECT measure_code, region_code, count_code, n_people FROM totals WHERE length(region_code) <= 6
    UNION ALL
    SELECT measure_code, region_code, 'excluded_' || reason_code, n_people FROM mart_coverage_reason WHERE cut = 'total' AND length(region_code) <= 6
    UNION ALL
    -- Who is asked to be visited because the measure lacks them.
    SELECT t.measure_code, c.region_code, 'listed', sum(c.n_cases)
    FROM mart_case_count AS c
    JOIN (VALUES ('C01', 'not_insured', 'M03'), ('C21', 'not_insured', 'M13A')) AS t(check_code, finding_code, measure_code)
        ON t.check_code = c.check_code AND t.finding_code = c.finding_code
    WHERE c.case_state_code IN ('new', 'carried', 'reopened') AND length(c.region_code) <= 6
    GROUP BY t.measure_code, c.region_code
    UNION ALL
    SELECT measure_code, '36', count_code, n_people FROM people
    UNION ALL
    SELECT measure_code, substr(county_code, 1, 4), count_code, n_people FROM people WHERE county_code IS NOT NULL
    UNION ALL
    SELECT measure_code, county_code, count_code, n_people FROM people WHERE county_code IS NOT NULL
),

-- What must agree within a region: the sum of the left counts and the sum of the right ones.
terms AS (
    SELECT t.reconciliation_code, t.pair, m.measure_code, t.side, m.measure_code AS of_measure_code, t.count_code
    FROM mart_measure AS m
    CROSS JOIN (
        VALUES
        ('population_parts', 'all', 'left', 'population'),
        ('population_parts', 'all', 'right', 'denominator'),
        ('population_parts', 'all', 'right', 'excluded'),
        ('population_parts', 'all', 'right', 'no_data'),
        ('people_measured', 'all', 'left', 'population'),
        ('people_measured', 'all', 'right', 'people_covered'),
        ('people_measured', 'all', 'right', 'people_uncovered'),
        ('people_measured', 'all', 'right', 'people_excluded'),
        ('people_measured', 'all', 'right', 'people_no_data'),
        ('covered_and_uncovered', 'all', 'left', 'denominator'),
        ('covered_and_uncovered', 'all', 'right', 'numerator'),
        ('covered_and_uncovered', 'all', 'right', 'people_uncovered'),
        ('numerator_bounds', 'low', 'left', 'numerator_low'),
        ('numerator_bounds', 'low', 'right', 'numerator'),
        ('numerator_bounds', 'high', 'left', 'numerator'),
        ('numerator_bounds', 'high', 'right', 'numerator_high'),
        ('numerator_bounds', 'whole', 'left', 'numerator_high'),
        ('numerator_bounds', 'whole', 'right', 'denominator')
    ) AS t(reconciliation_code, pair, side, count_code)
    UNION ALL
    -- Measures of all the registered.
    SELECT 'registered_measured', 'all', m.measure_code, t.side, CASE WHEN t.side = 'left' THEN '' ELSE m.measure_code END, t.count_code
    FROM mart_measure AS m
    CROSS JOIN (
        VALUES ('left', 'registered'), ('right', 'denominator'), ('right', 'excluded'), ('right', 'no_data')
    ) AS t(side, count_code)
    WHERE m.measure_code IN ('M03', 'M04', 'M06', 'M13', 'M13A')
    UNION ALL
    SELECT t.reconciliation_code, t.pair, t.measure_code, t.side, t.of_measure_code, t.count_code
    FROM mart_measure AS m
    JOIN (
        VALUES
        ('strict_measure', 'all', 'M13', 'left', '', 'registered'),
        ('strict_measure', 'all', 'M13', 'right', 'M13', 'denominator'),
        ('strict_measure', 'all', 'M13', 'right', 'M13', 'no_data'),
        ('strict_measure', 'all', 'M13', 'right', 'M13', 'excluded_dead'),
        ('strict_measure', 'all', 'M04', 'left', '', 'registered'),
        ('strict_measure', 'all', 'M04', 'right', 'M04', 'denominator'),
        ('strict_measure', 'all', 'M04', 'right', 'M04', 'no_data'),
        ('strict_measure', 'all', 'M04', 'right', 'M04', 'excluded_under_age'),
        ('strict_measure', 'all', 'M04', 'right', 'M04', 'excluded_age_unknown'),
        ('uncovered_listed', 'all', 'M03', 'left', 'M03', 'people_uncovered'),
        ('uncovered_listed', 'all', 'M03', 'right', 'M03', 'listed'),
        ('uncovered_listed', 'all', 'M13A', 'left', 'M13A', 'people_uncovered'),
        ('uncovered_listed', 'all', 'M13A', 'right', 'M13A', 'listed'),
        ('part_of_measure', 'denominator', 'M03', 'left', 'M03', 'denominator'),
        ('part_of_measure', 'denominator', 'M03', 'right', 'M04', 'denominator'),
        ('part_of_measure', 'denominator', 'M06', 'left', 'M06', 'denominator'),
        ('part_of_measure', 'denominator', 'M06', 'right', 'M03', 'denominator'),
        ('part_of_measure', 'denominator', 'M13A', 'left', 'M13A', 'denominator'),
        ('part_of_measure', 'denominator', 'M13A', 'right', 'M13', 'denominator'),
        ('part_of_measure', 'numerator', 'M13A', 'left', 'M13A', 'numerator'),
        ('part_of_measure', 'numerator', 'M13A', 'right', 'M13', 'numerator')
    ) AS t(reconciliation_code, pair, measure_code, side, of_measure_code, count_code) ON t.measure_code = m.measure_code
),

-- Which kinds of change make the counts of last quarter, and which those of this one.
change_terms AS (
    SELECT reconciliation_code, count_code, change_code
    FROM (
        VALUES
        ('change_opening', 'denominator', 'still_covered'),
        ('change_opening', 'denominator', 'lapsed'),
        ('change_opening', 'denominator', 'newly_covered'),
        ('change_opening', 'denominator', 'still_uncovered'),
        ('change_opening', 'denominator', 'left_covered'),
        ('change_opening', 'denominator', 'left_uncovered'),
        ('change_opening', 'numerator', 'still_covered'),
        ('change_opening', 'numerator', 'lapsed'),
        ('change_opening', 'numerator', 'left_covered'),
        ('change_closing', 'denominator', 'still_covered'),
        ('change_closing', 'denominator', 'lapsed'),
        ('change_closing', 'denominator', 'newly_covered'),
        ('change_closing', 'denominator', 'still_uncovered'),
        ('change_closing', 'denominator', 'entered_covered'),
        ('change_closing', 'denominator', 'entered_uncovered'),
        ('change_closing', 'numerator', 'still_covered'),
        ('change_closing', 'numerator', 'newly_covered'),
        ('change_closing', 'numerator', 'entered_covered')
    ) AS t(reconciliation_code, count_code, change_code)
),

-- Where every city of the province, or every county of a city, has a share of its target, the shares must be all of it.
shares AS (
    SELECT t.measure_code, t.region_code, t.n_target, sum(p.n_target) AS n_shared
    FROM core_target AS t
    JOIN core_region AS r ON r.parent_code = t.region_code
    LEFT JOIN core_target AS p ON p.measure_code = t.measure_code AND p.region_code = r.region_code
    GROUP BY t.measure_code, t.region_code, t.n_target
    HAVING count(*) = count(p.region_code)
),

-- Every number on its side of its pair, which is one place and whatever else tells it apart.
sides AS (
    SELECT CASE WHEN r.region_level IN ('city', 'county') THEN 'places_add_up' ELSE 'places_within' END AS reconciliation_code,
        t.measure_code, r.parent_code AS place_code, t.count_code AS pair, t.n_people AS n_left, 0 AS n_right
    FROM totals AS t
    JOIN core_region AS r ON r.region_code = t.region_code
    WHERE r.region_level <> 'province'
    UNION ALL
    SELECT CASE WHEN r.region_level IN ('province', 'city') THEN 'places_add_up' ELSE 'places_within' END, t.measure_code, t.region_code, t.count_code, 0, t.n_people
    FROM totals AS t
    JOIN core_region AS r ON r.region_code = t.region_code
    WHERE r.region_level <> 'village'
    UNION ALL
    SELECT 'groups_add_up', measure_code, region_code, region_level || ':' || cut || ':' || count_code, n_people, 0 FROM counts WHERE cut <> 'total'
    UNION ALL
    SELECT 'groups_add_up', t.measure_code, t.region_code, t.region_level || ':' || c.cut || ':' || t.count_code, 0, t.n_people
    FROM level_totals AS t
    CROSS JOIN cuts AS c
    UNION ALL
    SELECT 'reasons_add_up', measure_code, substr(region_code, 1, 6), region_level || ':' || cut || ':' || group_code, sum(n_people), 0
    FROM mart_coverage_reason
    GROUP BY measure_code, substr(region_code, 1, 6), region_level, cut, group_code
    UNION ALL
    SELECT 'reasons_add_up', measure_code, substr(region_code, 1, 6), region_level || ':' || cut || ':' || group_code, 0, sum(n_excluded)
    FROM mart_coverage
    GROUP BY measure_code, substr(region_code, 1, 6), region_level, cut, group_code
    UNION ALL
    SELECT t.reconciliation_code, t.measure_code, k.region_code, t.pair,
        CASE WHEN t.side = 'left' THEN k.n_people ELSE 0 END, CASE WHEN t.side = 'right' THEN k.n_people ELSE 0 END
    FROM terms AS t
    JOIN known AS k ON k.measure_code = t.of_measure_code AND k.count_code = t.count_code
    UNION ALL
    SELECT t.reconciliation_code, c.measure_code, c.region_code, t.count_code, c.n_people, 0
    FROM mart_change AS c
    JOIN change_terms AS t ON t.change_code = c.change_code
    UNION ALL
    SELECT 'change_opening', measure_code, region_code, 'denominator', 0, n_denominator FROM previous.mart_coverage WHERE $has_previous AND cut = 'total'
    UNION ALL
    SELECT 'change_opening', measure_code, region_code, 'numerator', 0, n_numerator FROM previous.mart_coverage WHERE $has_previous AND cut = 'total'
    UNION ALL
    SELECT 'change_closing', measure_code, region_code, count_code, 0, n_people FROM totals WHERE $has_previous AND count_code IN ('denominator', 'numerator')
    UNION ALL
    -- Opening cases are carried, cleared, gone or not checked; of the whole province, since people move.
    SELECT 'cases_opening', '', '36', check_code || ':' || finding_code, n_cases, 0
    FROM mart_case_count
    WHERE $has_previous AND region_code = '36' AND case_state_code IN ('carried', 'cleared', 'gone', 'not_checked')
    UNION ALL
    SELECT 'cases_opening', '', '36', check_code || ':' || finding_code, 0, n_cases
    FROM previous.mart_case_count
    WHERE $has_previous AND region_code = '36' AND case_state_code IN ('new', 'carried', 'reopened', 'not_checked')
    UNION ALL
    SELECT 'targets_shared', measure_code, region_code, 'all', n_shared, n_target FROM shares
    UNION ALL
    SELECT 'change_explained', measure_code, region_code, 'all', CASE WHEN change_cause_code = 'unexplained' THEN n_people ELSE 0 END, 0 FROM mart_change
),

pairs AS (
    SELECT reconciliation_code, measure_code, place_code, pair, coalesce(sum(n_left), 0) AS n_left, coalesce(sum(n_right), 0) AS n_right
    FROM sides
    GROUP BY reconciliation_code, measure_code, place_code, pair
)

SELECT
    $quarter AS quarter, p.reconciliation_code, p.measure_code, substr(p.place_code, 1, 6) AS region_code,
    CASE length(substr(p.place_code, 1, 6)) WHEN 2 THEN 'province' WHEN 4 THEN 'city' ELSE 'county' END AS region_level,
    count(*) AS n_compared, sum(p.n_left) AS n_left, sum(p.n_right) AS n_right,
    sum(CASE WHEN m.reconciliation_code IS NULL THEN abs(p.n_left - p.n_right) WHEN p.n_left > p.n_right THEN p.n_left - p.n_right ELSE 0 END) AS n_difference
FROM pairs AS p
LEFT JOIN at_most AS m ON m.reconciliation_code = p.reconciliation_code
GROUP BY p.reconciliation_code, p.measure_code, substr(p.place_code, 1, 6)
