# Forecasts with the model in /opt/ml/model. A row of a request is a number of months from the end of the training data; the row of the
# response is the forecast for that month, with the limits of its 95% interval.

source("/opt/program/series.R")

LONGEST <- 120

# Without a model the container runs, but /ping reports that it is not healthy.
model <- tryCatch(readRDS("/opt/ml/model/model.rds"), error = function(error) {
  message("no model: ", conditionMessage(error))
  NULL
})

response <- function(status, body) list(status = status, headers = list("Content-Type" = "text/csv"), body = body)

problem <- function(status, message) list(status = status, headers = list("Content-Type" = "text/plain"), body = message)

invoke <- function(request) {
  type <- tolower(trimws(sub(";.*", "", paste0(request$HTTP_CONTENT_TYPE, ""))))
  accept <- if (is.null(request$HTTP_ACCEPT)) "*/*" else request$HTTP_ACCEPT
  if (request$REQUEST_METHOD != "POST") return(problem(405L, "use POST"))
  if (type != "text/csv") return(problem(415L, sprintf("the content type must be text/csv, got '%s'", type)))
  if (!grepl("text/csv|text/\\*|\\*/\\*", accept)) return(problem(406L, "accept must include text/csv"))
  rows <- strsplit(rawToChar(request$rook.input$read()), "\r?\n")[[1]]
  rows <- trimws(rows[nzchar(trimws(rows))])
  if (length(rows) == 0) return(problem(400L, "body: no rows"))
  wrong <- which(!grepl("^[0-9]{1,3}$", rows) | suppressWarnings(as.numeric(rows) < 1 | as.numeric(rows) > LONGEST))
  if (length(wrong) > 0) {
    expected <- sprintf("body, row %d: a number of months from 1 to %d expected, got '%s'", wrong[1], LONGEST, substr(rows[wrong[1]], 1, 40))
    return(problem(400L, expected))
  }
  forecasts <- forecast(model, as.integer(rows))
  response(200L, paste0(sprintf("%.1f,%.1f,%.1f\n", forecasts$mean, forecasts$lower, forecasts$upper), collapse = ""))
}

answer <- function(request) {
  latest <<- Sys.time()
  if (request$PATH_INFO == "/ping") return(problem(if (is.null(model)) 503L else 200L, ""))
  if (request$PATH_INFO != "/invocations") return(problem(404L, "no such path"))
  if (is.null(model)) return(problem(503L, "no model is loaded"))
  tryCatch(invoke(request), error = function(error) problem(400L, conditionMessage(error)))
}

latest <- Sys.time()
server <- httpuv::startServer("0.0.0.0", as.integer(Sys.getenv("SAGEMAKER_BIND_TO_PORT", "8080")), list(call = answer))
while (!file.exists(Sys.getenv("STOP_FILE"))) httpuv::service(100)
# Requests in progress are completed: SageMaker kills the container 30 seconds after SIGTERM.
latest <- Sys.time()
end <- latest + 25
while (Sys.time() < min(latest + 1, end)) httpuv::service(100)
httpuv::stopServer(server)
