-- orders_finished_internal 内部完工台次 (not in the table of metrics.md)
-- What orders_finished leaves out: the orders of the kind internal, dated and credited as there.
WITH counted AS (
    SELECT store, technician AS person, 1 AS numerator
    FROM repair_orders
    WHERE finished_at >= getvariable('utc_begin') AND finished_at < getvariable('utc_end')
        AND kind = 'internal'
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
