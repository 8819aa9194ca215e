-- store_parts 门店配件费
-- commission.md: "as `parts_amount`, of the store", in the month of "settling the bill"; it counts for nobody.
WITH counted AS (
    SELECT store, coalesce(parts_amount, 0) AS numerator
    FROM repair_orders
    WHERE kind IS DISTINCT FROM 'internal'
        AND settled_at >= getvariable('utc_begin') AND settled_at < getvariable('utc_end')
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, NULL AS denominator
FROM counted
GROUP BY store
ORDER BY store;
