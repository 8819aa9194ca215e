-- revenue_per_order 单台产值
-- metrics.md: "revenue_per_order 单台产值, […] ratios of sums": output ÷ the orders that made it.
-- Output, visits and revenue an order are those of customers: orders of the kind internal (new-car preparation,
-- fitting, used cars, rework) are left out and stand apart.
WITH counted AS (
    SELECT
        store,
        advisor AS person,
        coalesce(labour_amount, 0) + coalesce(parts_amount, 0) AS numerator,
        1 AS denominator
    FROM repair_orders
    WHERE finished_at >= getvariable('utc_begin') AND finished_at < getvariable('utc_end')
        AND kind <> 'internal'
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
