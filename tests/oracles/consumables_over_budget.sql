-- consumables_over_budget 耗材超支率
-- metrics.md: "consumables_over_budget"; "consumables_cost, consumables_budget": calls whose consumables cost more than
-- budgeted ÷ calls with a budget, received in the month.
WITH counted AS (
    SELECT
        store,
        technician AS person,
        CASE WHEN consumables_cost > consumables_budget THEN 1 ELSE 0 END AS numerator,
        1 AS denominator
    FROM service_requests
    WHERE received_at >= getvariable('utc_begin') AND received_at < getvariable('utc_end')
        AND consumables_budget IS NOT NULL
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
