# R's survey: svydesign and svyby.
suppressPackageStartupMessages(library(survey))
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
domain <- arguments[2]
column <- function(name) {
  path <- file.path(folder, paste0(name, ".f64"))
  readBin(path, "double", n = file.size(path) / 8)
}
data <- data.frame(grid = column("grid"), street = column("street"), size = column("size"),
                   weight = column("weight"), score = column("score"))
begin <- proc.time()[["elapsed"]]
design <- svydesign(ids = ~1, strata = ~grid, weights = ~weight, fpc = ~size, data = data)
designed <- proc.time()[["elapsed"]]
found <- svyby(~score, reformulate(domain), design, svymean)
end <- proc.time()[["elapsed"]]
writeBin(as.double(SE(found)), file.path(folder, paste0("survey-", domain, "s.se")))
cat(sprintf('{"design": %.3f, "estimate": %.3f}\n', designed - begin, end - designed))
