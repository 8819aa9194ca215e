-- arrived_in_time 及时到达率
-- metrics.md: "arrived_in_time"; "promised_at, arrived_at": on site by the promised time ÷ calls with a promised time,
-- received in the month.
WITH counted AS (
    SELECT
        store,
        technician AS person,
        CASE WHEN arrived_at <= promised_at THEN 1 ELSE 0 END AS numerator,
        1 AS denominator
    FROM service_requests
    WHERE received_at >= getvariable('utc_begin') AND received_at < getvariable('utc_end')
        AND promised_at IS NOT NULL
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
