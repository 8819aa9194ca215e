-- premium 续保保费
-- commission.md: "policies written that are no first-year ones; their premium", for "who wrote them", in the month
-- of "writing". A policy of which nothing is said is no first-year one.
WITH counted AS (
    SELECT store, seller AS person, coalesce(premium, 0) AS numerator
    FROM renewals
    WHERE first_year IS NOT TRUE
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
