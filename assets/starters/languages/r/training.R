# Trains the model of model.R, epoch by epoch, with the data and the hyperparameters of the training job.

source("/opt/program/rows.R")
source("/opt/program/model.R")

OPT_ML <- "/opt/ml"

# As the algorithm is defined in the stack.
HYPERPARAMETERS <- list(
  epochs = list(type = "integer", default = 20, minimum = 1, maximum = 10000),
  learning_rate = list(type = "continuous", default = 0.1, minimum = 1e-6, maximum = 1)
)

main <- function() {
  settings <- read_hyperparameters(file.path(OPT_ML, "input/config/hyperparameters.json"))
  train <- read_channel("train")
  validation <- read_channel("validation")
  if (length(train$labels) == 0) {
    stop("channel train: no rows found; it must have a .csv file with the label in the first column and without a header")
  }
  if (length(unique(train$labels)) < 2) stop("channel train: rows of both classes are required, got one class")

  model <- new_model(train$rows)
  for (epoch in seq_len(settings$epochs)) {
    model <- fit_epoch(model, train$rows, train$labels, settings$learning_rate)
    # The metric definitions of the algorithm find the numbers in this line.
    cat(sprintf("epoch=%d; %s\n", epoch, metrics(model, train, validation)))
    # SageMaker sends SIGTERM when a job is stopped, when a Spot Instance is interrupted and at the maximum run time. It uploads
    # /opt/ml/model 120 seconds later.
    if (file.exists(Sys.getenv("STOP_FILE"))) {
      cat(sprintf("stopped after epoch %d; the model so far is saved\n", epoch))
      break
    }
  }
  # SageMaker uploads this directory as the model artifact.
  dir.create(file.path(OPT_ML, "model"), recursive = TRUE, showWarnings = FALSE)
  save_model(model, file.path(OPT_ML, "model"))
}

metrics <- function(model, train, validation) {
  # The bounds keep log() from 0.
  bounded <- pmin(pmax(predict_rows(model, train$rows), 1e-15), 1 - 1e-15)
  loss <- -mean(ifelse(train$labels == 1, log(bounded), log(1 - bounded)))
  text <- sprintf("train:loss=%.6f;", loss)
  if (length(validation$labels) == 0) return(text)
  accuracy <- mean((predict_rows(model, validation$rows) >= 0.5) == (validation$labels == 1))
  sprintf("%s validation:accuracy=%.6f;", text, accuracy)
}

# The values by name. All values in the file are text, which some clients encode as JSON.
read_hyperparameters <- function(file) {
  given <- if (file.exists(file)) jsonlite::read_json(file) else list()
  # A tuning job adds _tuning_objective_metric.
  unknown <- grep("^_", setdiff(names(given), names(HYPERPARAMETERS)), value = TRUE, invert = TRUE)
  if (length(unknown) > 0) {
    stop(sprintf("hyperparameters: unknown: %s; use %s", toString(unknown), toString(names(HYPERPARAMETERS))))
  }
  sapply(names(HYPERPARAMETERS), function(name) read_number(name, given[[name]]), simplify = FALSE)
}

read_number <- function(name, text) {
  hyperparameter <- HYPERPARAMETERS[[name]]
  if (is.null(text)) return(hyperparameter$default)
  value <- suppressWarnings(as.numeric(gsub('"', "", text, fixed = TRUE)))
  if (is.na(value) || (hyperparameter$type == "integer" && value != round(value))) {
    stop(sprintf("hyperparameter %s: must be a number (%s), got '%s'", name, hyperparameter$type, text))
  }
  if (value < hyperparameter$minimum || value > hyperparameter$maximum) {
    bounds <- sprintf("%g and %g", hyperparameter$minimum, hyperparameter$maximum)
    stop(sprintf("hyperparameter %s: must be between %s, got %s", name, bounds, text))
  }
  value
}

# The rows and labels of all CSV files of a channel, if it exists. The label is the first column; 1 is benign.
read_channel <- function(name) {
  directory <- file.path(OPT_ML, "input/data")
  files <- list.files(file.path(directory, name), "[.]csv$", recursive = TRUE)
  tables <- lapply(file.path(name, files), function(file) {
    path <- file.path(directory, file)
    parse_csv(readChar(path, file.size(path), useBytes = TRUE), FEATURES + 1, file)
  })
  rows <- do.call(rbind, c(list(matrix(numeric(), ncol = FEATURES + 1)), tables))
  if (!all(rows[, 1] %in% c(0, 1))) stop(sprintf("channel %s: the label in the first column must be 0 or 1", name))
  list(rows = rows[, -1, drop = FALSE], labels = rows[, 1])
}

tryCatch(main(), error = function(error) {
  # The first 1024 characters of this file are the failure reason of the job.
  message(conditionMessage(error))
  cat(substr(conditionMessage(error), 1, 1024), file = file.path(OPT_ML, "output/failure"))
  quit(status = 1)
})
