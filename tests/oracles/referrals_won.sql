-- referrals_won 转介绍成交数
-- commission.md, Referrals: "those that came to a deal, in the month of the deal", for who referred; who took a
-- customer on themselves referred nobody.
WITH counted AS (
    SELECT store, referred_by AS person, 1 AS numerator
    FROM referrals
    WHERE (referred_by IS NULL OR received_by IS NULL OR received_by <> referred_by)
        AND won_on >= getvariable('month_first') AND won_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
