-- orders_finished 完工台次 (not in the table of metrics.md)
-- metrics.md: "repair_orders | one visit of one vehicle". An order is work done once it is finished: it belongs to the
-- month of finished_at and to the technician of the order.
-- Output, visits and revenue an order are those of customers: orders of the kind internal (new-car preparation,
-- fitting, used cars, rework) are left out and stand apart.
WITH counted AS (
    SELECT store, technician AS person, 1 AS numerator
    FROM repair_orders
    WHERE finished_at >= getvariable('utc_begin') AND finished_at < getvariable('utc_end')
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
