-- table:    bi_measure
-- grain:    one row per (measure_code, figure_code)
-- reads:    mart_measure, mart_figure_kind, core_figure_kind, core_target
-- quarters: this
-- rule:     the measures of bi_coverage, with figure_code coverage, and the figures of bi_figure, which two columns tell apart; the target is the whole province's: a rate, or a number, where there is one; what is withheld from schema bi is left out
SELECT
    measure_code, 'coverage' AS figure_code, measure_name, measure_name_en, '覆盖' AS figure_name, 'coverage' AS figure_name_en, '人' AS unit_text, time_text,
    numerator_text, denominator_text, clause, office, is_headline, target_rate, CAST(NULL AS BIGINT) AS n_target
FROM mart_measure
UNION ALL
SELECT
    k.measure_code, k.figure_code, k.measure_name, k.measure_name_en, k.figure_name, k.figure_name_en, k.unit_text, k.time_text,
    k.numerator_text, k.denominator_text, k.clause, k.office, FALSE, NULL, t.n_target
FROM mart_figure_kind AS k
JOIN core_figure_kind AS d ON d.measure_code = k.measure_code AND d.figure_code = k.figure_code
LEFT JOIN core_target AS t ON t.measure_code = k.measure_code AND t.region_code = '36' AND k.base_kind = 'target'
WHERE d.disclosure_code <> 'withheld'
