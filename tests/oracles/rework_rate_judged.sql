-- rework_rate_judged 判定返修率 (given in prose)
-- metrics.md, rework_rate: "comebacks credited to the first job's technician ÷ repair jobs; also as judged on the
-- order, shown beside". The judgement is `rework` on the order; the order of the first job is `first_ro_no`.
-- Counted over orders finished in the month; the comeback is its first order's technician's, not the mender's.
WITH counted AS (
    SELECT again.store, first_visit.technician AS person, 1 AS numerator, 0 AS denominator
    FROM repair_orders AS again
    LEFT JOIN repair_orders AS first_visit
        ON first_visit.store = again.store AND first_visit.ro_no = again.first_ro_no
    WHERE again.rework
        AND again.finished_at >= getvariable('utc_begin') AND again.finished_at < getvariable('utc_end')
    UNION ALL
    SELECT store, technician, 0, 1
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
