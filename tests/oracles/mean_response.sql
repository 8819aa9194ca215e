-- mean_response 平均响应时间
-- metrics.md: "mean_response"; rulebook.md: "mean response time ≤ 1 h". Seconds from call to answer ÷ calls answered, of
-- those received in the month.
WITH counted AS (
    SELECT store, technician AS person, date_diff('second', received_at, responded_at) AS numerator, 1 AS denominator
    FROM service_requests
    WHERE received_at >= getvariable('utc_begin') AND received_at < getvariable('utc_end')
        AND responded_at IS NOT NULL
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
