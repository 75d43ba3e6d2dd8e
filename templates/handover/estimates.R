# Every direct and calibrated estimate of a release, made again in R from the files beside this script.
#   Rscript estimates.R [ITEM ...] [--communities]
# In the unpacked package; needs the package survey; exit status 1 on a difference. Items may be named, else all are
# made: overall, conduct, ... City and streets: weighted share and its standard error; communities: the share, and
# with --communities its error, which takes long in a large city. Grids: weighted share and effective n.
# waves.csv names the waves whose answers the grids' figures pool; the last one is the release's own.
suppressMessages(library(survey))
options(survey.lonely.psu = "adjust", digits = 15)
NEAR <- 1e-6
asked <- commandArgs(trailingOnly = TRUE)
errors_of <- c("city", "street", if ("--communities" %in% asked) "community")
named <- setdiff(asked, "--communities")
RARE <- 20
want <- read.csv("figures.csv", stringsAsFactors = FALSE)
folders <- read.csv("waves.csv", stringsAsFactors = FALSE)$folder

read_wave <- function(folder) {
  of <- function(name) read.csv(file.path(folder, name), stringsAsFactors = FALSE, check.names = FALSE)
  rows <- of("rows.csv")
  list(rows = rows[rows$complete == 1, ], strata = of("strata.csv"), margins = of("margins.csv"))
}

# Strata that hold fewer than two answers are joined: both of a grid first, then along the chain of grids of one
# street and type, in the order of grid_no; what is short at the chain's end joins the part before it.
together <- function(strata, held) {
  group <- seq_len(nrow(strata))
  own <- split(seq_len(nrow(strata)), strata$grid_no)
  first <- strata[!duplicated(strata$grid_no), ]
  first <- first[order(first$grid_no), ]
  for (chain in split(first$grid_no, list(first$street_no, first$type), drop = TRUE)) {
    parts <- list()
    short <- FALSE
    for (grid in sort(chain)) {
      mine <- own[[as.character(grid)]]
      pieces <- if (all(held[mine] >= 2)) as.list(mine) else list(mine)
      for (piece in pieces) {
        if (short) parts[[length(parts)]] <- c(parts[[length(parts)]], piece) else parts <- c(parts, list(piece))
        short <- sum(held[parts[[length(parts)]]]) < 2
      }
    }
    k <- length(parts)
    if (short && k > 1) {
      parts[[k - 1]] <- c(parts[[k - 1]], parts[[k]])
      parts[[k]] <- NULL
    }
    for (part in parts) if (length(part) > 1) group[part] <- part[1]
  }
  group
}

# Whoever is together in one grouping or the other is together.
united <- function(one, other) {
  label <- seq_along(one)
  repeat {
    now <- ave(ave(label, one, FUN = min), other, FUN = min)
    if (identical(now, label)) return(label)
    label <- now
  }
}

# Categories with fewer than RARE completes are merged with the next, the last with the one before.
merged <- function(codes, categories) {
  held <- tabulate(codes[!is.na(codes)] + 1, categories)
  into <- integer(categories)
  place <- 0
  count <- 0
  for (category in seq_len(categories)) {
    into[category] <- place
    count <- count + held[category]
    if (count >= RARE) {
      place <- place + 1
      count <- 0
    }
  }
  pmin(into, max(place - 1, 0))
}

# The completes of a wave with their base weights, and what raking needs: labels and the totals they have to meet.
prepared <- function(wave) {
  d <- wave$rows
  strata <- wave$strata
  d$at <- match(d$stratum, strata$stratum)
  group <- together(strata, tabulate(d$at, nrow(strata)))
  stands <- ave(strata$households, group, FUN = sum)
  d$own <- group[d$at]
  d$stands <- stands[d$at]
  d$w <- d$stands / ave(rep(1, nrow(d)), d$own, FUN = sum)
  d$grid <- strata$grid[d$at]
  d$grid_no <- strata$grid_no[d$at]
  d$type <- strata$type[d$at]
  d$city <- 0
  d$street <- strata$street_no[d$at]
  d$community <- strata$community_no[d$at]
  met <- unique(wave$margins$margin[wave$margins$met == 1])
  told <- rep(TRUE, nrow(d))
  for (name in met) told <- told & !is.na(d[[name]])
  labels <- list()
  totals <- list()
  if (length(met)) {
    apart <- sum(d$w[!told])
    d$rake_own <- factor(ifelse(told, paste0("g", d$own), paste0("u", d$own)))
    labels <- list(~rake_own)
    sums <- tapply(d$w, d$rake_own, sum)
    totals <- list(data.frame(rake_own = factor(names(sums), levels = levels(d$rake_own)), Freq = as.numeric(sums)))
    for (name in met) {
      m <- wave$margins[wave$margins$margin == name, ]
      into <- merged(d[[name]], nrow(m))
      code <- ifelse(told, paste0("c", into[d[[name]] + 1]), "u")
      households <- tapply(m$households, paste0("c", into), sum)
      households <- households * (sum(d$w) - apart) / sum(households)
      if (any(!told)) households <- c(households, u = apart)
      column <- paste0("rake_", name)
      d[[column]] <- factor(code)
      frame <- data.frame(factor(levels(d[[column]]), levels = levels(d[[column]])), as.numeric(households[levels(d[[column]])]))
      names(frame) <- c(column, "Freq")
      labels <- c(labels, list(as.formula(paste0("~", column))))
      totals <- c(totals, list(frame))
    }
  }
  list(d = d, strata = strata, group = group, labels = labels, totals = totals)
}

# The same weights by plain proportional fitting, margin after margin, until nothing moves: rake() alone takes hours.
raked <- function(wave) {
  w <- wave$d$w
  if (!length(wave$labels)) return(w)
  level <- lapply(wave$totals, function(total) match(as.character(wave$d[[names(total)[1]]]), as.character(total[[1]])))
  repeat {
    before <- w
    for (k in seq_along(level)) {
      aim <- wave$totals[[k]]$Freq
      sums <- rowsum(w, level[[k]])
      w <- w * (aim[as.integer(rownames(sums))] / sums)[match(level[[k]], as.integer(rownames(sums)))]
    }
    if (max(abs(w / before - 1)) < 1e-13) return(w)
  }
}

# The weights meet the margins already: rake() has one round to do, and the errors know of the margins.
calibrated <- function(design, wave) {
  if (!length(wave$labels)) return(design)
  rake(design, wave$labels, wave$totals, control = list(maxit = 10, epsilon = 1e-6, verbose = FALSE))
}

counted <- function(d, item, den) if (den == "rated") d[[item]] >= 0 else d[[item]] >= -2

# The figures of the city, streets and communities.
above <- function(wave, item, den) {
  d <- wave$d
  d$counted <- counted(d, item, den)
  if (!any(d$counted)) return(NULL)
  d$y <- as.numeric(d[[item]] == 1)
  d$joined <- united(wave$group, together(wave$strata, tabulate(d$at[d$counted], nrow(wave$strata))))[d$at]
  first <- !duplicated(d$own)
  frame <- tapply(d$stands[first], d$joined[first], sum)
  d$N <- as.numeric(frame[as.character(d$joined)])
  design <- calibrated(svydesign(ids = ~1, strata = ~joined, weights = ~raked, fpc = ~N, data = d), wave)
  # All places of a level at once: a share's error is that of the total of its linearised scores.
  part <- function(level) {
    place <- d[[level]]
    w <- weights(design) * d$counted
    names <- sort(unique(place[d$counted]))
    est <- sapply(names, function(one) sum((w * d$y)[place == one]) / sum(w[place == one]))
    if (!level %in% errors_of) return(data.frame(level = level, place = names, est = est, se = NA))
    scores <- sapply(seq_along(names), function(k) {
      here <- d$counted & place == names[k]
      here * (d$y - est[k]) / sum(w[place == names[k]])
    })
    data.frame(level = level, place = names, est = est, se = as.numeric(SE(svytotal(scores, design))))
  }
  rbind(part("city"), part("street"), part("community"))
}

# The direct figures of grids: each wave weighs alike in which a grid of the same type gave an answer.
grids <- function(waves, item, den) {
  now <- waves[[length(waves)]]$strata
  now <- now[!duplicated(now$grid_no), ]
  found <- list()
  for (wave in waves) {
    d <- wave$d
    use <- counted(d, item, den)
    answered <- tabulate(d$at[use], nrow(wave$strata)) > 0
    half <- tapply(!answered, wave$strata$grid, any) & tapply(rep(1, nrow(wave$strata)), wave$strata$grid, sum) > 1
    d$now <- now$grid_no[match(paste(d$grid, d$type), paste(now$grid, now$type))]
    d$y <- as.numeric(d[[item]] == 1)
    use <- use & !is.na(d$now) & !half[d$grid]
    if (any(use)) {
      w <- wave$weights[use]
      if (length(waves) > 1) w <- w / ave(w, d$now[use], FUN = sum)
      found <- c(found, list(data.frame(place = d$now[use], w = w, y = d$y[use])))
    }
  }
  if (!length(found)) return(NULL)
  all <- do.call(rbind, found)
  sums <- function(x) as.numeric(tapply(x, all$place, sum))
  data.frame(place = sort(unique(all$place)), est = sums(all$w * all$y) / sums(all$w), n_eff = sums(all$w)^2 / sums(all$w^2))
}

waves <- lapply(folders, function(folder) prepared(read_wave(folder)))
waves <- lapply(waves, function(wave) {
  wave$d <- wave$d[order(wave$d$row), ]
  wave$d$raked <- wave$weights <- raked(wave)
  wave
})
own <- waves[[length(waves)]]

worst <- 0
compared <- 0
missing <- 0
compare <- function(here, there, column, name) {
  if (!nrow(here)) return(invisible())
  at <- match(here$place, there$place)
  missing <<- missing + sum(is.na(at))
  apart <- abs(here[[column]] - there[[name]][at])
  worst <<- max(worst, apart, na.rm = TRUE)
  compared <<- compared + sum(!is.na(apart))
}
items <- unique(want$item)
for (item in if (length(named)) intersect(items, named) else items) for (den in unique(want$den[want$item == item])) {
  wanted <- want[want$item == item & want$den == den & !is.na(want$value), ]
  if (!nrow(wanted)) next
  found <- above(own, item, den)
  for (level in c("city", "street", "community")) {
    there <- found[found$level == level, ]
    here <- wanted[wanted$level == level, ]
    compare(here, there, "value", "est")
    if (level %in% errors_of) compare(here, there, "se", "se")
  }
  there <- grids(waves, item, den)
  here <- wanted[wanted$level == "grid", ]
  compare(here, there, "direct", "est")
  # A grid asked whole counts as a hair less than whole.
  compare(here, there, "n_eff", "n_eff")
}
cat(R.version.string, "survey", as.character(packageVersion("survey")), "\n")
cat("compared", compared, "missing", missing, "largest difference", format(worst), "\n")
quit(status = if (missing == 0 && worst < NEAR && compared > 0) 0 else 1)
