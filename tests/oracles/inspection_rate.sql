-- inspection_rate 终检率
-- metrics.md gives the name only: orders inspected ÷ orders finished in the month.
WITH counted AS (
    SELECT store, technician AS person, CASE WHEN inspected THEN 1 ELSE 0 END AS numerator, 1 AS denominator
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
