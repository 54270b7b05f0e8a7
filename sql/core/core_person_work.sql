-- table:    core_person_work
-- grain:    one row per (person_key): what the employment platform and the insurance of the employed say of somebody on the platform
-- reads:    core_person_row, core_person_quarter, core_parameter, staged_employment_platform__worker, staged_employment_platform__wish, staged_employment_platform__training, staged_employment_platform__subsidy, staged_social_insurance__participation, core_person_work
-- quarters: this, previous
-- rule:     at work on the quarter's last day: status employed, begun and not ended; by a unit: form 02; out of the county: workplace and hukou in different ones; organised: channel ORG_EXPORT, marked so, or mode 1, 3 or 6, and if begun since $placement_start_date the job-seeking allowance is due for it; verified in the quarter by the side that is to; what is paid once in a life stays paid, where it is; the demand for training of a year is kept from the first day of the year on which it was recorded, also where it is withdrawn later, and so is the wish for a technical school of whoever had a school-leaver's age when it was recorded; trained: a finished course of the year
WITH platform_rows AS (
    SELECT person_key, entity, delivery_id, file_name, line_number FROM core_person_row WHERE system = 'employment_platform'
),

workers AS (
    SELECT r.person_key, w.started_date, w.employment_form_code, w.channel_code, w.transfer_mode_code, w.is_organised, w.verified_date, w.verified_side_code, w.wants_training,
        w.employment_status_code = '1' AND (w.started_date IS NULL OR w.started_date <= $last_day)
            AND (w.ended_date IS NULL OR w.ended_date >= $last_day) AS is_at_work,
        coalesce(w.workplace_code <> w.county_code, FALSE) AS is_away
    FROM platform_rows AS r
    JOIN staged_employment_platform__worker AS w
        ON r.entity = 'worker' AND w.delivery_id = r.delivery_id AND w.file_name = r.file_name AND w.line_number = r.line_number
),

jobs AS (
    SELECT person_key,
        bool_or(is_at_work AND employment_form_code = '02') AS is_unit_employed,
        bool_or(is_at_work AND is_away) AS is_employed_away,
        bool_or(is_at_work AND is_away AND (channel_code = 'ORG_EXPORT' OR is_organised OR transfer_mode_code IN ('1', '3', '6'))) AS is_organised_away,
        bool_or(is_at_work AND is_away AND (channel_code = 'ORG_EXPORT' OR is_organised OR transfer_mode_code IN ('1', '3', '6')) AND started_date >= $placement_start_date) AS is_allowance_due,
        bool_or(verified_date >= $first_day AND verified_date <= $last_day AND verified_side_code = '1') AS is_verified_at_hukou,
        bool_or(verified_date >= $first_day AND verified_date <= $last_day AND verified_side_code = '2') AS is_verified_at_work,
        bool_or(wants_training IS NOT NULL) AS has_told_demand
    FROM workers
    GROUP BY person_key
),

wishes AS (
    SELECT r.person_key,
        bool_or(w.wants_training IS NOT NULL) AS has_told_demand,
        bool_or(w.wants_technical_school) AS has_school_wish,
        min(CASE WHEN w.wants_training AND (w.asked_date IS NULL OR w.asked_date <= $last_day) THEN greatest(coalesce(w.asked_date, $first_day), $first_day_of_year) END) AS demand_date,
        min(CASE
            WHEN w.wants_technical_school AND (w.asked_date IS NULL OR w.asked_date <= $last_day) AND q.age >= p.school_from_age AND q.age < p.school_until_age
                THEN greatest(coalesce(w.asked_date, $first_day), $first_day_of_year)
        END) AS school_wish_date
    FROM platform_rows AS r
    LEFT JOIN core_person_quarter AS q ON q.person_key = r.person_key
    LEFT JOIN core_parameter AS k ON k.region_code = q.county_code
    LEFT JOIN core_parameter AS p ON p.region_code = coalesce(k.region_code, '36')
    JOIN staged_employment_platform__wish AS w
        ON r.entity = 'wish' AND w.delivery_id = r.delivery_id AND w.file_name = r.file_name AND w.line_number = r.line_number
    GROUP BY r.person_key
),

courses AS (
    SELECT r.person_key, max(t.started_date) AS last_course_date
    FROM platform_rows AS r
    JOIN staged_employment_platform__training AS t
        ON r.entity = 'training' AND t.delivery_id = r.delivery_id AND t.file_name = r.file_name AND t.line_number = r.line_number
    WHERE t.has_finished AND t.started_date >= $first_day_of_year AND t.started_date <= $last_day
    GROUP BY r.person_key
),

allowances AS (
    SELECT r.person_key,
        bool_or(s.subsidy_code = 'JOB_SEEKING') AS has_job_seeking_allowance,
        bool_or(s.subsidy_code = 'TRAINING_LIVING' AND s.paid_date >= $first_day_of_year) AS has_living_allowance
    FROM platform_rows AS r
    JOIN staged_employment_platform__subsidy AS s
        ON r.entity = 'subsidy' AND s.delivery_id = r.delivery_id AND s.file_name = r.file_name AND s.line_number = r.line_number
    WHERE s.state_code = '3' AND s.subsidy_code IN ('JOB_SEEKING', 'TRAINING_LIVING')
    GROUP BY r.person_key
),

insurance AS (
    SELECT r.person_key,
        bool_or(i.scheme_code = '210') AS has_unemployment_insurance,
        bool_or(i.scheme_code = '410') AS has_injury_insurance
    FROM core_person_row AS r
    JOIN staged_social_insurance__participation AS i
        ON r.system = 'social_insurance' AND r.entity = 'participation'
        AND i.delivery_id = r.delivery_id AND i.file_name = r.file_name AND i.line_number = r.line_number
    WHERE i.scheme_code IN ('210', '410') AND i.participation_state_code = '1'
    GROUP BY r.person_key
),

-- What was so once stays so; whoever is in the universe still keeps it.
known_before AS (
    SELECT w.person_key, w.has_job_seeking_allowance AND $is_allowance_once_for_life AS has_job_seeking_allowance,
        CASE WHEN w.demand_date >= $first_day_of_year THEN w.demand_date END AS demand_date,
        CASE WHEN w.school_wish_date >= $first_day_of_year THEN w.school_wish_date END AS school_wish_date
    FROM previous.core_person_work AS w
    WHERE w.has_job_seeking_allowance OR w.demand_date >= $first_day_of_year OR w.school_wish_date >= $first_day_of_year
),

everybody AS (
    SELECT person_key FROM platform_rows
    UNION
    SELECT k.person_key FROM known_before AS k JOIN core_person_quarter AS q ON q.person_key = k.person_key
)

SELECT e.person_key,
    coalesce(j.is_unit_employed, FALSE) AS is_unit_employed,
    coalesce(j.is_employed_away, FALSE) AS is_employed_away,
    coalesce(j.is_organised_away, FALSE) AS is_organised_away,
    coalesce(j.is_allowance_due, FALSE) AS is_allowance_due,
    coalesce(j.is_verified_at_hukou, FALSE) AS is_verified_at_hukou,
    coalesce(j.is_verified_at_work, FALSE) AS is_verified_at_work,
    coalesce(j.has_told_demand, FALSE) OR coalesce(w.has_told_demand, FALSE) AS has_told_demand,
    coalesce(w.has_school_wish, FALSE) AS has_school_wish,
    coalesce(k.demand_date, w.demand_date) AS demand_date,
    coalesce(k.school_wish_date, w.school_wish_date) AS school_wish_date,
    c.last_course_date,
    coalesce(a.has_job_seeking_allowance, FALSE) OR coalesce(k.has_job_seeking_allowance, FALSE) AS has_job_seeking_allowance,
    coalesce(a.has_living_allowance, FALSE) AS has_living_allowance,
    coalesce(i.has_unemployment_insurance, FALSE) AS has_unemployment_insurance,
    coalesce(i.has_injury_insurance, FALSE) AS has_injury_insurance
FROM everybody AS e
LEFT JOIN jobs AS j ON j.person_key = e.person_key
LEFT JOIN wishes AS w ON w.person_key = e.person_key
LEFT JOIN courses AS c ON c.person_key = e.person_key
LEFT JOIN allowances AS a ON a.person_key = e.person_key
LEFT JOIN insurance AS i ON i.person_key = e.person_key
LEFT JOIN known_before AS k ON k.person_key = e.person_key
