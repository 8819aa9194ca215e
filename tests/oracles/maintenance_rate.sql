-- maintenance_rate 定期保养实施率
-- metrics.md: "due vehicles maintained ÷ due"; maintained: `done_ro_no` names the order.
WITH counted AS (
    SELECT store, CASE WHEN done_ro_no <> '' THEN 1 ELSE 0 END AS numerator, 1 AS denominator
    FROM maintenance_due
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM counted
GROUP BY store
ORDER BY store;
