-- arrived_in_1h 一小时到场率 (not in the table of metrics.md)
-- rulebook.md 2: "on site within 1 h of the call": arrived within an hour of receipt ÷ calls received in the month.
WITH counted AS (
    SELECT
        store,
        technician AS person,
        CASE WHEN arrived_at <= received_at + INTERVAL 1 HOUR THEN 1 ELSE 0 END AS numerator,
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
