# Fits the model to the series of the channel `train`: CSV files without a header, each row a month such as 1949-01 and a positive number.

source("/opt/program/series.R")

INPUT <- "/opt/ml/input"

read_series <- function(directory) {
  files <- list.files(directory, "[.]csv$", recursive = TRUE, full.names = TRUE)
  if (length(files) == 0) stop("channel train: no file *.csv found")
  rows <- tryCatch(
    do.call(rbind, lapply(files, read.csv, header = FALSE, col.names = c("month", "value"), colClasses = "character")),
    error = function(error) stop("channel train: rows must have two columns, a month and a number")
  )
  values <- suppressWarnings(as.numeric(rows$value))
  wrong <- which(!grepl("^[0-9]{4}-(0[1-9]|1[0-2])$", rows$month) | is.na(values) | !is.finite(values) | values <= 0)
  if (length(wrong) > 0) {
    stop(sprintf("channel train, row %d: a month and a positive number expected, got %s,%s", wrong[1], rows$month[wrong[1]], rows$value[wrong[1]]))
  }
  values[order(rows$month)]
}

read_period <- function(file) {
  given <- if (file.exists(file)) jsonlite::read_json(file) else list()
  unknown <- grep("^_", setdiff(names(given), "period"), value = TRUE, invert = TRUE)
  if (length(unknown) > 0) stop(sprintf("unknown hyperparameters: %s; use period", toString(unknown)))
  text <- if (is.null(given$period)) "12" else gsub('"', "", given$period)
  if (!grepl("^[0-9]{1,2}$", text) || as.integer(text) < 2 || as.integer(text) > 24) {
    stop(sprintf("hyperparameter period: a whole number from 2 to 24 expected, got '%s'", text))
  }
  as.integer(text)
}

# The mean absolute percentage error of forecasts of the last season, by a model of the months before it.
validate <- function(values, period) {
  known <- head(values, -period)
  actual <- tail(values, period)
  100 * mean(abs(forecast(fit(known, period), seq_len(period))$mean - actual) / actual)
}

main <- function() {
  period <- read_period(file.path(INPUT, "config/hyperparameters.json"))
  values <- read_series(file.path(INPUT, "data/train"))
  if (length(values) < 4 * period) {
    stop(sprintf("channel train: at least four seasons (%d months) expected, got %d", 4 * period, length(values)))
  }
  # The metric definition of the algorithm finds the number in this line.
  cat(sprintf("validation:mape=%.4f;\n", validate(values, period)))
  dir.create("/opt/ml/model", recursive = TRUE, showWarnings = FALSE)
  saveRDS(fit(values, period), "/opt/ml/model/model.rds")
}

tryCatch(main(), error = function(error) {
  # The text of this file is the failure reason of the job.
  message(conditionMessage(error))
  cat(substr(conditionMessage(error), 1, 1024), file = "/opt/ml/output/failure")
  quit(status = 1)
})
