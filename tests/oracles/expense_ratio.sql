-- expense_ratio 费用率
-- metrics.md: "expense_ratio"; "operating_expense, […] sales": operating expense ÷ sales.
WITH counted AS (
    SELECT store, coalesce(operating_expense, 0) AS numerator, coalesce(sales, 0) AS denominator
    FROM store_month
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM counted
GROUP BY store
ORDER BY store;
