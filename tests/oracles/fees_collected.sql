-- fees_collected 服务费回收率 (not in the table of metrics.md)
-- rulebook.md 6: "small fees are collected on site, others invoiced the same day"; metrics.md: "fee, collected_at": fees
-- collected ÷ fees, of the calls received in the month.
WITH counted AS (
    SELECT
        store,
        technician AS person,
        CASE WHEN collected_at IS NOT NULL THEN coalesce(fee, 0) ELSE 0 END AS numerator,
        coalesce(fee, 0) AS denominator
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
