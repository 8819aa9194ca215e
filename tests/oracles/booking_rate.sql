-- booking_rate 预约率
-- metrics.md gives the name only; repair_orders has `booked`: booked visits ÷ visits of the month (opened_at).
WITH counted AS (
    SELECT store, advisor AS person, CASE WHEN booked THEN 1 ELSE 0 END AS numerator, 1 AS denominator
    FROM repair_orders
    WHERE opened_at >= getvariable('utc_begin') AND opened_at < getvariable('utc_end')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
