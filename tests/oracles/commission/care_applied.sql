-- care_applied 养护施工
-- commission.md: "quantity of care products applied", for the technician, in the month of the "sale".
WITH counted AS (
    SELECT store, technician AS person, coalesce(quantity, 0) AS numerator
    FROM care_products
    WHERE sold_on >= getvariable('month_first') AND sold_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
