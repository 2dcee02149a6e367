# The monthly series and its model, a seasonal ARIMA model of the logarithms: the airline model of Box and Jenkins.

fit <- function(values, period) {
  series <- ts(log(values), frequency = period)
  arima(series, order = c(0, 1, 1), seasonal = list(order = c(0, 1, 1), period = period), method = "ML")
}

# The forecasts for some of the next months, with the limits of 95% intervals.
forecast <- function(model, months) {
  predicted <- predict(model, n.ahead = max(months))
  center <- predicted$pred[months]
  margin <- qnorm(0.975) * predicted$se[months]
  data.frame(mean = exp(center), lower = exp(center - margin), upper = exp(center + margin))
}
