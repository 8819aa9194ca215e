-- complaint_rate 投诉率
-- metrics.md: "valid complaints ÷ orders". Valid complaints received in the month, of the person responsible, ÷ orders
-- of the month's visits, of the advisor.
WITH counted AS (
    SELECT store, responsible AS person, 1 AS numerator, 0 AS denominator
    FROM complaints
    WHERE received_at >= getvariable('utc_begin') AND received_at < getvariable('utc_end') AND valid
    UNION ALL
    SELECT store, advisor, 0, 1
    FROM repair_orders
    WHERE opened_at >= getvariable('utc_begin') AND opened_at < getvariable('utc_end')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
