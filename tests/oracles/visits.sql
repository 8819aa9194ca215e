-- visits 台次
-- metrics.md: "repair_orders | one visit of one vehicle"; "output 产值, visits 台次, […] sums". A visit belongs to the
-- month in which the vehicle came (opened_at), and to the advisor who received it.
-- Output, visits and revenue an order are those of customers: orders of the kind internal (new-car preparation,
-- fitting, used cars, rework) are left out and stand apart.
WITH counted AS (
    SELECT store, advisor AS person, 1 AS numerator
    FROM repair_orders
    WHERE opened_at >= getvariable('utc_begin') AND opened_at < getvariable('utc_end')
        AND kind <> 'internal'
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
