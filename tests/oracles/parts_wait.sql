-- parts_wait 缺件率
-- metrics.md: "parts_wait 缺件率"; repair_orders has `waiting_parts_seconds`: orders that waited for parts ÷ orders, of
-- those finished in the month.
WITH counted AS (
    SELECT store, CASE WHEN waiting_parts_seconds > 0 THEN 1 ELSE 0 END AS numerator, 1 AS denominator
    FROM repair_orders
    WHERE finished_at >= getvariable('utc_begin') AND finished_at < getvariable('utc_end')
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM counted
GROUP BY store
ORDER BY store;
