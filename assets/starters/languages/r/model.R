# The model: a logistic regression of standardized measurements.

# A model that is not trained, with the mean and the standard deviation of each column.
new_model <- function(rows) {
  center <- colMeans(rows)
  deviation <- sqrt(colMeans(sweep(rows, 2, center)^2))
  # A column with a single value has no scale.
  list(center = center, scale = ifelse(deviation == 0, 1, deviation), weights = numeric(ncol(rows)), bias = 0)
}

# The model after one more epoch of stochastic gradient descent.
fit_epoch <- function(model, rows, labels, learning_rate) {
  inputs <- scale(rows, model$center, model$scale)
  weights <- model$weights
  bias <- model$bias
  for (index in seq_along(labels)) {
    values <- inputs[index, ]
    step <- learning_rate * (labels[index] - plogis(bias + sum(weights * values)))
    weights <- weights + step * values
    bias <- bias + step
  }
  modifyList(model, list(weights = weights, bias = bias))
}

# The probability of class 1 of each row.
predict_rows <- function(model, rows) {
  plogis(as.vector(scale(rows, model$center, model$scale) %*% model$weights) + model$bias)
}

save_model <- function(model, directory) saveRDS(model, file.path(directory, "model.rds"))

load_model <- function(directory) readRDS(file.path(directory, "model.rds"))
