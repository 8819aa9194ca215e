-- stock_turns 配件周转
-- metrics.md: "stock_turns 配件周转 (12 months)"; rulebook.md: "parts stock turns 4–5 a year". Cost of sales of the 12
-- months ending with this one ÷ mean month-end stock; the mean is a twelfth of the sum, so 12 × cost ÷ Σ stock.
WITH counted AS (
    SELECT store, 12 * coalesce(cost_of_sales, 0) AS numerator, coalesce(stock_value, 0) AS denominator
    FROM parts_stock
    WHERE month >= strftime(getvariable('month_first') - INTERVAL 11 MONTH, '%Y-%m')
        AND month <= strftime(getvariable('month_first'), '%Y-%m')
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM counted
GROUP BY store
ORDER BY store;
