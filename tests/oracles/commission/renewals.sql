-- renewals 续保
-- commission.md: "policies written for cars insured before (renewed or won over, not new)", for "who wrote them", in
-- the month of "writing".
WITH counted AS (
    SELECT store, seller AS person, 1 AS numerator
    FROM renewals
    WHERE kind IS DISTINCT FROM 'new'
        AND written_on >= getvariable('month_first') AND written_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
