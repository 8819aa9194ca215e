-- side_referred 介绍的衍生业务
-- commission.md: "income of deals that somebody else sold", for who referred them, in the month of "the deal".
WITH counted AS (
    SELECT store, referred_by AS person, coalesce(income, 0) AS numerator
    FROM side_business
    WHERE referred_by IS NOT NULL
        AND (seller IS NULL OR seller <> referred_by)
        AND dealt_on >= getvariable('month_first') AND dealt_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
