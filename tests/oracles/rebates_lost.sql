-- rebates_lost 返利扣减金额
-- commission.md, Figures of the manufacturer: "what it took off", in the month of the rebate.
WITH counted AS (
    SELECT store, coalesce(amount_deducted, 0) AS numerator
    FROM rebates
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, NULL AS denominator
FROM counted
GROUP BY store
ORDER BY store;
