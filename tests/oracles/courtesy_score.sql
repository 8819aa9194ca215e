-- courtesy_score 服务礼仪得分 (not in the table of metrics.md)
-- rulebook.md 6: "service quality (courtesy, after-treatment)"; architecture.md: "a mean is sum over count": scores ÷
-- calls with a score, received in the month.
WITH counted AS (
    SELECT store, technician AS person, courtesy AS numerator, 1 AS denominator
    FROM service_requests
    WHERE received_at >= getvariable('utc_begin') AND received_at < getvariable('utc_end') AND courtesy IS NOT NULL
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
