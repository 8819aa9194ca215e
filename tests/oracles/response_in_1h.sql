-- response_in_1h 1小时响应率
-- metrics.md: "response_in_1h": calls answered within an hour of receipt ÷ calls received in the month.
WITH counted AS (
    SELECT
        store,
        technician AS person,
        CASE WHEN responded_at <= received_at + INTERVAL 1 HOUR THEN 1 ELSE 0 END AS numerator,
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
