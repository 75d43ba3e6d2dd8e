# Every direct figure of one wave, plainly, from the three tables beside it: wave_rows.csv (a complete each), wave_grids.csv
# (grid, street, community, type, households), wave_margins.csv (margin, category, households). Needs R package survey 4.5: a lonely
# stratum is taken from the mean of all units since 4.4-1.
suppressMessages({library(survey); library(jsonlite)})
options(survey.lonely.psu = "adjust", digits = 15)
rows <- read.csv("wave_rows.csv"); grids <- read.csv("wave_grids.csv"); margins <- read.csv("wave_margins.csv")
# Grids of one street and type with fewer than two answers join the next one; at the end the one before.
together <- function(held) {
  group <- seq_len(nrow(grids))
  for (chain in split(group, list(grids$street, grids$type), drop = TRUE)) {
    parts <- list(); short <- FALSE
    for (g in chain) {
      if (short) parts[[length(parts)]] <- c(parts[[length(parts)]], g) else parts <- c(parts, list(g))
      short <- sum(held[parts[[length(parts)]]]) < 2
    }
    k <- length(parts)
    if (short && k > 1) { parts[[k - 1]] <- c(parts[[k - 1]], parts[[k]]); parts[[k]] <- NULL }
    for (part in parts) group[part] <- part[1]
  }
  group
}
united <- function(a, b) { x <- seq_along(a); repeat { y <- ave(ave(x, a, FUN = min), b, FUN = min); if (identical(y, x)) return(x); x <- y } }
at <- rows$grid + 1
group <- together(tabulate(at, nrow(grids)))
stands <- ave(grids$households, group, FUN = sum)
d <- transform(rows, group = factor(group[at]), street = grids$street[at], community = grids$community[at], one = 1)
d$w <- stands[at]/as.numeric(ave(d$one, d$group, FUN = sum))
for (name in c("age", "tenure", "phone")) d[[name]] <- factor(d[[name]])
aim <- function(name) { m <- margins[margins$margin == name, ]; h <- m$households*sum(d$w)/sum(m$households); setNames(data.frame(factor(m$category, levels = levels(d[[name]])), h), c(name, "Freq")) }
figures <- function(counted, y) {
  d$counted <- counted; d$y <- y
  stratum <- united(group, together(tabulate(at[counted == 1], nrow(grids))))[at]
  first <- !duplicated(d$group); frame <- tapply(stands[at][first], stratum[first], sum)
  d$stratum <- stratum; d$N <- as.numeric(frame[as.character(stratum)])
  des <- svydesign(ids = ~1, strata = ~stratum, weights = ~w, fpc = ~N, data = d)
  own <- data.frame(group = factor(levels(d$group), levels = levels(d$group)), Freq = as.numeric(tapply(d$w, d$group, sum)))
  r <- rake(des, list(~group, ~age, ~tenure, ~phone), c(list(own), lapply(c("age", "tenure", "phone"), aim)), control = list(maxit = 5000, epsilon = 1e-11, verbose = FALSE))
  s <- subset(r, counted == 1); city <- svymean(~y, s); w <- weights(r)*counted
  part <- function(f) { b <- svyby(~y, f, s, svymean); list(place = b[[1]], est = as.numeric(coef(b)), se = as.numeric(SE(b))) }
  sums <- function(x) as.numeric(tapply(x[counted == 1], d$grid[counted == 1], sum))
  list(city = list(place = 0, est = as.numeric(coef(city)), se = as.numeric(SE(city))), street = part(~street), community = part(~community),
    grid = list(place = sort(unique(d$grid[counted == 1])), est = sums(w*y)/sums(w), n_eff = sums(w)^2/sums(w^2)))
}
out <- list(made_with = list(R = R.version.string, survey = as.character(packageVersion("survey"))),
  rated = figures(d$rated, d$satisfied), all = figures(rep(1, nrow(d)), d$satisfied*d$rated))
write(toJSON(out, digits = NA, auto_unbox = TRUE), "wave_expected.json")
