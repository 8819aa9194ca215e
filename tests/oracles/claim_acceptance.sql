-- claim_acceptance 索赔通过率
-- metrics.md: "claim_acceptance"; "claims | […] clerk, submitted_on, accepted": accepted ÷ claims decided, of those
-- submitted in the month. A claim that the manufacturer has not decided is not a refusal.
WITH counted AS (
    SELECT store, clerk AS person, CASE WHEN accepted THEN 1 ELSE 0 END AS numerator, 1 AS denominator
    FROM claims
    WHERE submitted_on >= getvariable('month_first') AND submitted_on < getvariable('next_month_first')
        AND accepted IS NOT NULL
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
