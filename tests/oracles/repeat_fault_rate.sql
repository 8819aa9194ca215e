-- repeat_fault_rate 重复故障率
-- metrics.md: "repeat_fault_rate"; "first_request_no": calls that go back to an earlier one ÷ calls received in the
-- month.
WITH counted AS (
    SELECT
        store,
        technician AS person,
        CASE WHEN first_request_no <> '' THEN 1 ELSE 0 END AS numerator,
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
