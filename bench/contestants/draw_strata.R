# R's sampling::strata, simple random sampling without replacement in every stratum.
suppressMessages(library(sampling))
folder <- commandArgs(trailingOnly = TRUE)[1]
frame <- read.delim(file.path(folder, "frame.tsv"), header = FALSE, quote = "", colClasses = "character")
frame <- frame[order(frame$V2), ]
set.seed(1)
sizes <- rep(5, length(unique(frame$V2)))
used <- system.time(drawn <- strata(frame, stratanames = "V2", size = sizes, method = "srswor"))
stopifnot(nrow(drawn) == sum(sizes))
cat(sprintf("{\"draw\": %f}\n", used[["user.self"]] + used[["sys.self"]]))
