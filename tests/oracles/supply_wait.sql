-- supply_wait 平均待料时长 (not in the table of metrics.md)
-- rulebook.md 2: "speed of supply"; `waiting_parts_seconds`: seconds waited ÷ orders that waited for parts, of those
-- finished in the month.
WITH counted AS (
    SELECT store, waiting_parts_seconds AS numerator, 1 AS denominator
    FROM repair_orders
    WHERE finished_at >= getvariable('utc_begin') AND finished_at < getvariable('utc_end')
        AND waiting_parts_seconds > 0
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM counted
GROUP BY store
ORDER BY store;
