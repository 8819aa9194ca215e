-- on_time_finish 按时竣工率 (not in the table of metrics.md)
-- metrics.md, on_time_delivery: "finished_at ≤ first_promised_at ÷ finished (a late collection is not late work; a moved
-- promise does not cure)". The same, for the order's technician.
WITH counted AS (
    SELECT
        store,
        technician AS person,
        CASE WHEN finished_at <= first_promised_at THEN 1 ELSE 0 END AS numerator,
        1 AS denominator
    FROM repair_orders
    WHERE finished_at >= getvariable('utc_begin') AND finished_at < getvariable('utc_end')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
