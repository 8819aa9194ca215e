-- orders_received 接车台次
-- commission.md: "orders, but internal ones", for the advisor, in the month of "settling the bill". Internal is an
-- order of the kind internal; marks stand on lines, not on orders.
WITH counted AS (
    SELECT store, advisor AS person, 1 AS numerator
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
