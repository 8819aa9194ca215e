-- solved_in_12h 12小时解决率
-- metrics.md: "solved_in_12h (or loan unit)"; rulebook.md: "solved within 12 h, else a loan unit": solved, or a loan unit
-- provided, within 12 hours of the call ÷ calls received in the month.
WITH counted AS (
    SELECT
        store,
        technician AS person,
        CASE WHEN least(solved_at, loan_unit_at) <= received_at + INTERVAL 12 HOUR THEN 1 ELSE 0 END AS numerator,
        1 AS denominator
    FROM service_requests
    WHERE received_at >= getvariable('utc_begin') AND received_at < getvariable('utc_end')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
