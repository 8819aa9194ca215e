-- rebate_kept 返利到手率
-- commission.md, Figures of the manufacturer: "confirmed over due"; what is not confirmed yet is neither above nor
-- below.
WITH counted AS (
    SELECT store, amount_confirmed AS numerator, amount_due AS denominator
    FROM rebates
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
        AND amount_confirmed IS NOT NULL AND amount_due IS NOT NULL
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM counted
GROUP BY store
ORDER BY store;
