-- parts_at_once 现结配件费
-- commission.md: "the same without orders on account (挂账)", in the month of "settling the bill". An order of which
-- nothing is said is not on account.
WITH counted AS (
    SELECT store, advisor AS person, coalesce(parts_amount, 0) AS numerator
    FROM repair_orders
    WHERE kind IS DISTINCT FROM 'internal'
        AND on_account IS NOT TRUE
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
