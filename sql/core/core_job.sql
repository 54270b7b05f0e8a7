-- table:    core_job
-- grain:    one row per (entity, delivery_id, file_name, line_number, person_key): a job that the employment platform tells of, and whose
-- reads:    staged_employment_platform__worker, staged_employment_platform__spell, core_person_row, core_id_prefix
-- quarters: this
-- rule:     the present or last job of a worker's form, and every spell of employment since 2018 (one of unemployment is none); organised: by government, an enterprise or a labour organisation (transfer modes 1, 3, 6), or said to be; out of county: the workplace is under no code that the county of the hukou has or had, unknown where it may be (a whole city, a province, nothing)
WITH told AS (
    SELECT 'worker' AS entity, delivery_id, file_name, line_number, county_code, employment_status_code = '1' AS is_held, started_date, ended_date,
        employment_form_code, channel_code, carrier_number, employer_name, employer_code, substr(workplace_code, 1, 6) AS place_code, transfer_mode_code,
        is_organised, wage_amount, has_contract
    FROM staged_employment_platform__worker
    WHERE employment_status_code = '1' OR started_date IS NOT NULL
    UNION ALL
    SELECT 'spell', delivery_id, file_name, line_number, county_code, TRUE, started_date, ended_date,
        employment_form_code, channel_code, carrier_number, employer_name, employer_code, substr(workplace_code, 1, 6), transfer_mode_code,
        is_organised, wage_amount, has_contract
    FROM staged_employment_platform__spell
    WHERE coalesce(registration_code, '1') = '1'
)

SELECT
    r.person_key, t.entity, t.delivery_id, t.file_name, t.line_number, t.county_code, t.started_date AS since_date, t.ended_date AS until_date,
    t.is_held AND (t.started_date IS NULL OR t.started_date <= $last_day) AND (t.ended_date IS NULL OR t.ended_date >= $last_day) AS is_active,
    t.employment_form_code, t.channel_code, t.carrier_number, t.employer_name, t.employer_code,
    CASE WHEN regexp_full_match(t.place_code, '[0-9]{6}') THEN t.place_code END AS workplace_code,
    CASE
        WHEN t.is_organised OR t.transfer_mode_code IN ('1', '3', '6') THEN TRUE
        WHEN t.is_organised IS NULL AND t.transfer_mode_code IS NULL THEN NULL
        ELSE FALSE
    END AS is_organised,
    CASE
        WHEN p.id_prefix IS NOT NULL THEN FALSE
        WHEN NOT coalesce(regexp_full_match(t.place_code, '[0-9]{6}'), FALSE) THEN NULL
        WHEN right(t.place_code, 4) = '0000' AND left(t.place_code, 2) = left(t.county_code, 2) THEN NULL
        WHEN right(t.place_code, 2) = '00' AND left(t.place_code, 4) = left(t.county_code, 4) THEN NULL
        ELSE TRUE
    END AS is_out_of_county,
    coalesce(t.wage_amount > 0, FALSE) OR coalesce(t.has_contract, FALSE) AS has_work_trace
FROM told AS t
JOIN core_person_row AS r
    ON r.system = 'employment_platform' AND r.entity = t.entity
    AND r.delivery_id = t.delivery_id AND r.file_name = t.file_name AND r.line_number = t.line_number
LEFT JOIN core_id_prefix AS p ON p.county_code = t.county_code AND p.id_prefix = t.place_code
