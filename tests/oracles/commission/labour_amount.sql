-- labour_amount 工时费
-- commission.md: "labour, parts of orders, but internal ones", for the advisor, in the month of "settling the
-- bill". Orders on account are among them; the whole order counts, also lines that are marked internal.
WITH counted AS (
    SELECT store, advisor AS person, coalesce(labour_amount, 0) AS numerator
    FROM repair_orders
    WHERE kind IS DISTINCT FROM 'internal'
        AND settled_at >= getvariable('utc_begin') AND settled_at < getvariable('utc_end')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
