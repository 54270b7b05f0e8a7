-- table:    core_placement
-- grain:    one row per (person_key): one of the poor labour force newly placed since the plan began, once
-- reads:    core_person_row, core_person_quarter, core_person_measure, staged_employment_platform__spell, core_region_succession, core_placement
-- quarters: this, previous
-- rule:     new is a spell of employment begun since $placement_start_date by somebody whom no earlier spell held in the $placement_gap_days days before; one without a first day counts from its registration where the parameter says so; the first one counts; day, county, village and poverty status are those of the quarter in which it was first known and stay, also when the person leaves the register, but under the codes of today; channel_code: the earliest spell since then through one of the four channels, known later or not; held: in employment after the shorter and the longer number of months, in this or another job, or out of one for no longer than $stable_gap_days days; empty until then
WITH spells AS (
    SELECT DISTINCT r.person_key, coalesce(s.started_date, CASE WHEN $is_undated_placement_new THEN s.registered_date END) AS started_date, coalesce(s.ended_date, DATE '9999-12-31') AS held_until_date,
        CASE WHEN s.channel_code IN ('WORKSHOP', 'RETURN_STARTUP', 'ORG_EXPORT', 'PUBLIC_POST') THEN s.channel_code END AS channel_code
    FROM core_person_row AS r
    JOIN staged_employment_platform__spell AS s
        ON r.system = 'employment_platform' AND r.entity = 'spell'
        AND s.delivery_id = r.delivery_id AND s.file_name = r.file_name AND s.line_number = r.line_number
    WHERE s.registration_code = '1' AND coalesce(s.started_date, CASE WHEN $is_undated_placement_new THEN s.registered_date END) <= $last_day
),

since_start AS (
    SELECT person_key, started_date, min(channel_code) AS channel_code
    FROM spells
    WHERE started_date >= $placement_start_date
    GROUP BY person_key, started_date
),

-- Who changes from one job to the next within the days allowed is not placed anew.
followed AS (
    SELECT n.person_key, n.started_date
    FROM since_start AS n
    JOIN spells AS w ON w.person_key = n.person_key AND w.started_date < n.started_date AND w.held_until_date >= days_after(n.started_date, -$placement_gap_days)
    GROUP BY n.person_key, n.started_date
),

first_placed AS (
    SELECT n.person_key, min(n.started_date) AS placed_date
    FROM since_start AS n
    LEFT JOIN followed AS f ON f.person_key = n.person_key AND f.started_date = n.started_date
    WHERE f.person_key IS NULL
    GROUP BY n.person_key
),

channels AS (
    SELECT person_key, min(started_date) AS first_date FROM since_start WHERE channel_code IS NOT NULL GROUP BY person_key
),

through AS (
    SELECT c.person_key, n.channel_code
    FROM channels AS c
    JOIN since_start AS n ON n.person_key = c.person_key AND n.started_date = c.first_date
),

-- Codes end: what is told of a place follows it to what it is today.
changes AS (
    SELECT was_region_code, region_code FROM core_region_succession WHERE is_main AND since_date >= $first_day
),

recorded AS (
    SELECT w.person_key, w.placed_date, w.since_quarter, coalesce(left(v.region_code, 6), c.region_code, w.county_code) AS county_code,
        coalesce(v.region_code, w.village_code) AS village_code, w.poverty_status_code, w.channel_code, w.has_held_half_year, w.has_held_year
    FROM previous.core_placement AS w
    LEFT JOIN changes AS v ON v.was_region_code = w.village_code
    LEFT JOIN changes AS c ON c.was_region_code = w.county_code
),

new_here AS (
    SELECT f.person_key, f.placed_date, q.county_code, q.village_code, q.poverty_status_code
    FROM first_placed AS f
    JOIN core_person_quarter AS q ON q.person_key = f.person_key
    JOIN core_person_measure AS m ON m.person_key = f.person_key AND m.measure_code = 'M19' AND m.state_code <> 'excluded'
    LEFT JOIN recorded AS w ON w.person_key = f.person_key
    WHERE w.person_key IS NULL
),

placed AS (
    SELECT person_key, placed_date, $quarter AS since_quarter, county_code, village_code, poverty_status_code,
        CAST(NULL AS VARCHAR) AS channel_code, CAST(NULL AS BOOLEAN) AS has_held_half_year, CAST(NULL AS BOOLEAN) AS has_held_year
    FROM new_here
    UNION ALL
    SELECT person_key, placed_date, since_quarter, county_code, village_code, poverty_status_code, channel_code, has_held_half_year, has_held_year
    FROM recorded
),

held AS (
    SELECT p.person_key,
        bool_or(s.started_date <= months_after(p.placed_date, $stable_short_months) AND s.held_until_date >= days_after(months_after(p.placed_date, $stable_short_months), -$stable_gap_days)) AS has_held_half_year,
        bool_or(s.started_date <= months_after(p.placed_date, $stable_long_months) AND s.held_until_date >= days_after(months_after(p.placed_date, $stable_long_months), -$stable_gap_days)) AS has_held_year
    FROM placed AS p
    JOIN spells AS s ON s.person_key = p.person_key
    GROUP BY p.person_key
)

SELECT p.person_key, p.placed_date, p.since_quarter, p.county_code, p.village_code, p.poverty_status_code,
    coalesce(p.channel_code, t.channel_code) AS channel_code,
    CASE WHEN months_after(p.placed_date, $stable_short_months) <= $last_day THEN coalesce(p.has_held_half_year, h.has_held_half_year, FALSE) END AS has_held_half_year,
    CASE WHEN months_after(p.placed_date, $stable_long_months) <= $last_day THEN coalesce(p.has_held_year, h.has_held_year, FALSE) END AS has_held_year
FROM placed AS p
LEFT JOIN through AS t ON t.person_key = p.person_key
LEFT JOIN held AS h ON h.person_key = p.person_key
