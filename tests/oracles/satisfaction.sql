-- satisfaction 客户满意度
-- metrics.md: "satisfied ÷ asked (all) or reached (sample); n and 95 % Wilson interval shown". A sample, as the interval
-- says: satisfied among the reached ÷ reached, of the customers asked in the month. Credited to the advisor.
WITH counted AS (
    SELECT store, advisor AS person, CASE WHEN satisfied THEN 1 ELSE 0 END AS numerator, 1 AS denominator
    FROM surveys
    WHERE asked_on >= getvariable('month_first') AND asked_on < getvariable('next_month_first') AND reached
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
