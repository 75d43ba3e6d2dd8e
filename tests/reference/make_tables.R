# Rscript make_tables.R, run in this folder: what the other files don't hold of R's survey, 4.5 or later, as the functions
# under R's names give it. Writes tables_expected.json; a test compares where R can be had.
suppressMessages({library(survey); library(jsonlite)})
options(survey.lonely.psu = "fail", digits = 15)
d <- svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = read.csv("apistrat.csv", stringsAsFactors = TRUE))
num <- function(x) as.numeric(x)
p <- c(.1, .25, .5, .75, .9)
out <- list()
for (rule in c("math", "school", "hf7", "hf8")) { q <- svyquantile(~api00, d, p, qrule = rule, interval.type = "mean")$api00
  out[[paste0("quantile_", rule)]] <- list(estimate = num(q[, 1]), low = num(q[, 2]), high = num(q[, 3]), se = num(q[, 4])) }
m <- svymean(~awards, d); out$shares <- list(estimate = num(coef(m)), se = num(SE(m)))
t <- svytotal(~sch.wide, d); out$totals <- list(estimate = num(coef(t)), se = num(SE(t)))
q <- svycontrast(svytotal(~api00 + api99, d), quote(api00/api99)); out$quotient <- list(estimate = I(num(coef(q))), se = I(num(SE(q))))
g <- svyttest(enroll ~ comp.imp, subset(d, !is.na(enroll))); out$groups <- list(estimate = I(num(g$estimate)), t = I(num(g$statistic)), df = I(num(g$parameter)), p_value = I(num(g$p.value)))
r <- svyranktest(api00 ~ awards, d, test = "vanderWaerden"); out$ranks <- list(t = I(num(r$statistic)), p_value = I(num(r$p.value)))
f <- svyglm(api00 ~ ell + meals + mobility, d); s <- coef(summary(f)); out$model <- list(estimate = num(s[, 1]), se = num(s[, 2]), t = num(s[, 3]), p_value = num(s[, 4]))
write(toJSON(out, digits = NA, auto_unbox = TRUE), "tables_expected.json")
