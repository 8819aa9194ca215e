-- advisor_output 服务顾问产值 (not in the table of metrics.md)
-- metrics.md: "output 产值, […] sums, and ratios of sums". Output is what the customer is charged on orders finished in
-- the month: labour and parts, each summed by itself, so that an order without parts still counts its labour.
-- The same orders as `output`, credited to the advisor who received the vehicle.
-- Output, visits and revenue an order are those of customers: orders of the kind internal (new-car preparation,
-- fitting, used cars, rework) are left out and stand apart.
WITH counted AS (
    SELECT store, advisor AS person, coalesce(labour_amount, 0) + coalesce(parts_amount, 0) AS numerator
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
