-- mean_turnaround 平均在厂时长
-- metrics.md gives the name only; architecture.md: "Durations are whole seconds", "a mean is sum over count". Seconds
-- from opened to finished of the orders finished in the month ("a late collection is not late work").
WITH counted AS (
    SELECT store, advisor AS person, date_diff('second', opened_at, finished_at) AS numerator, 1 AS denominator
    FROM repair_orders
    WHERE finished_at >= getvariable('utc_begin') AND finished_at < getvariable('utc_end')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
