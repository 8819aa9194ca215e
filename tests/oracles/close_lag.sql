-- close_lag 结单时长
-- metrics.md gives the name only: mean seconds from finished to settled, of the orders settled in the month.
WITH counted AS (
    SELECT store, advisor AS person, date_diff('second', finished_at, settled_at) AS numerator, 1 AS denominator
    FROM repair_orders
    WHERE settled_at >= getvariable('utc_begin') AND settled_at < getvariable('utc_end')
        AND finished_at IS NOT NULL
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
