# The rows of requests and of training data: a matrix of numbers, with 30 measurements in each row.

FEATURES <- 30

# The rows of a CSV text without a header; blank lines are skipped.
parse_csv <- function(text, columns, name) {
  lines <- strsplit(text, "\r?\n")[[1]]
  numbers <- which(nzchar(trimws(lines)))
  parse_rows(strsplit(lines[numbers], ",", fixed = TRUE), columns, sprintf("%s, line %d", name, numbers))
}

# The rows of `{"instances": [[...], ...]}`.
parse_json <- function(text) {
  document <- jsonlite::fromJSON(text, simplifyVector = FALSE)
  instances <- if (is.list(document)) document[["instances"]]
  if (!is.list(instances) || !is.null(names(instances)) || !all(vapply(instances, is.list, NA))) {
    stop('body: {"instances": [[...], ...]} expected')
  }
  cells <- lapply(instances, function(instance) vapply(instance, format_cell, ""))
  parse_rows(cells, FEATURES, sprintf("instances[%d]", seq_along(instances) - 1))
}

# Text also for JSON, where `true` and `null` are not numbers. 17 digits identify a number.
format_cell <- function(value) if (is.numeric(value)) sprintf("%.17g", value) else paste(value, collapse = " ")

parse_rows <- function(cells, columns, places) {
  wrong <- which(lengths(cells) != columns)
  if (length(wrong) > 0) {
    stop(sprintf("%s: %d columns expected, got %d", places[wrong[1]], columns, lengths(cells)[wrong[1]]))
  }
  text <- unlist(cells)
  values <- suppressWarnings(as.numeric(text))
  wrong <- which(!is.finite(values)) - 1
  if (length(wrong) > 0) {
    place <- sprintf("%s, column %d", places[wrong[1] %/% columns + 1], wrong[1] %% columns + 1)
    stop(sprintf("%s: not a number: '%s'", place, substr(text[wrong[1] + 1], 1, 40)))
  }
  matrix(values, ncol = columns, byrow = TRUE)
}
