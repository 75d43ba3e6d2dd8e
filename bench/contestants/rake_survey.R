# R's survey: rake.
suppressPackageStartupMessages(library(survey))
folder <- commandArgs(trailingOnly = TRUE)[1]
column <- function(name) {
  path <- file.path(folder, name)
  readBin(path, "double", n = file.size(path) / 8)
}
names <- c("m0", "m1", "m2", "m3")
data <- data.frame(weight = column("weight.f64"))
for (name in names) data[[name]] <- factor(column(paste0(name, ".f64")))
margins <- lapply(names, function(name) reformulate(name))
totals <- lapply(names, function(name) {
  total <- column(paste0(name, ".total"))
  setNames(data.frame(factor(seq_along(total) - 1), total), c(name, "Freq"))
})
design <- svydesign(ids = ~1, weights = ~weight, data = data)
begin <- proc.time()[["elapsed"]]
raked <- rake(design, margins, totals, control = list(maxit = 500, epsilon = 1e-6, verbose = FALSE))
end <- proc.time()[["elapsed"]]
w <- weights(raked)
misfit <- max(mapply(function(name, total) {
  max(abs(tapply(w, data[[name]], sum) - total$Freq) / (1 + abs(total$Freq)))
}, names, totals))
cat(sprintf('{"rake": %.3f, "misfit": %.3e}\n', end - begin, misfit))
