-- visits_internal 内部台次 (not in the table of metrics.md)
-- What visits leaves out: the orders of the kind internal, dated and credited as there.
WITH counted AS (
    SELECT store, advisor AS person, 1 AS numerator
    FROM repair_orders
    WHERE opened_at >= getvariable('utc_begin') AND opened_at < getvariable('utc_end')
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
